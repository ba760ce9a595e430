-- A month that the archive knows is still in PostgreSQL. A whole month without sales is taken for a loss, not for a
-- correction: the archive stops, and `warehouse archive --withdraw 2026-10` says that it is meant. Fails with each.

with archived_months as (

    select * from {{ source("landing", "archived_months") }}
    where sale_lines > 0

),

star_months as (

    select toDate(sale_month) as sale_month
    from {{ ref("sales_months") }}

)

select
    sale_month,
    archived_months.sale_lines as archived_sale_lines,
    archived_months.amount as archived_amount,
    concat(
        formatDateTime(sale_month, '%Y-%m'), ': historical_sales has ', toString(archived_sale_lines),
        ' lines, amount ', toString(archived_amount),
        '; fct_sales has 0: if that is right, run warehouse archive --withdraw ', formatDateTime(sale_month, '%Y-%m')
    ) as message
from archived_months
where
    toDate(archived_months.sale_month) not in (select star_months.sale_month from star_months)
    {%- if var("withdraw_month", none) %}
    and toDate(archived_months.sale_month) != toDate('{{ var("withdraw_month") }}-01')
    {%- endif %}
