-- A month of a source system that the archive knows is still in PostgreSQL. A whole month without sales is taken for a
-- loss, not for a correction: the archive stops, and `warehouse archive --withdraw 2026-10` says that it is meant.
-- Fails with each.

{{ config(meta={"speaks_of": "landing_months"}) }}

with archived_months as (

    {{ archived_months() }}

),

star_months as (

    select toDate(sale_month) as sale_month
    from {{ ref("sales_months") }}

),

hot_months as (

    select distinct
        toString(source_system) as source_system,
        toStartOfMonth(sale_date) as sale_month
    from {{ ref("hot_sales") }}

)

select
    source_system,
    sale_month,
    archived_months.sale_lines as archived_sale_lines,
    archived_months.amount as archived_amount,
    concat(
        source_system, ' ', formatDateTime(sale_month, '%Y-%m'), ': historical_sales has ',
        toString(archived_sale_lines), ' lines, amount ', toString(archived_amount),
        '; fct_sales has 0: if that is right, run warehouse archive --withdraw ', formatDateTime(sale_month, '%Y-%m')
    ) as message
from archived_months
where
    archived_months.sale_lines > 0
    and not {{ is_withdrawn_month("archived_months.source_system", "archived_months.sale_month") }}
    and (
        sale_month not in (select star_months.sale_month from star_months)
        -- Of a month that has left ClickHouse as a whole, only that is known.
        or (
            sale_month in (select hot_months.sale_month from hot_months)
            and (source_system, sale_month) not in (
                select (hot_months.source_system, hot_months.sale_month) from hot_months
            )
        )
    )
