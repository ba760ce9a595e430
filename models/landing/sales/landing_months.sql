-- Grain: one row for each month that is handed over to the archive: those that are over and of which the archive has
-- nothing, or something else. The variable archive_month holds back other new months, but no correction: a sale that
-- moved between two months would be in both. The variable withdraw_month names one that is gone for good.

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

archived_months as (

    select
        toDate(sale_month) as sale_month,
        content_hash
    from {{ source("landing", "archived_months") }}

),

months as (

    select
        toStartOfMonth(sale_date) as sale_month,
        count() as sale_lines,
        sum(hot_sales.quantity) as quantity,
        sum(hot_sales.amount) as amount,
        toString({{ sales_content_hash("hot_sales") }}) as content_hash
    from hot_sales
    where {{ is_closed_month("sale_date") }}
    group by sale_month

),

final as (

    select months.*
    from months
    left anti join archived_months
        on months.sale_month = archived_months.sale_month
        and months.content_hash = archived_months.content_hash
    {%- if var("archive_month", none) %}
    where
        months.sale_month = toDate('{{ var("archive_month") }}-01')
        or months.sale_month in (select archived.sale_month from archived_months as archived)
    {%- endif %}
    {%- if var("withdraw_month", none) %}
    union all
    select
        toDate('{{ var("withdraw_month") }}-01') as sale_month,
        0 as sale_lines,
        0 as quantity,
        0 as amount,
        '0' as content_hash
    {%- endif %}

)

select * from final
