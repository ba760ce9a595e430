-- Between the first and the last month of a source system there is none without sales. Warns of each: a shop may have
-- been closed, but a month that never arrived looks the same.

{{ config(severity="warn") }}

with months as (

    select
        source_system,
        toStartOfMonth(sale_date) as sale_month
    from {{ ref("hot_sales") }}
    group by
        source_system,
        sale_month

),

with_next as (

    select
        source_system,
        sale_month,
        leadInFrame(sale_month, 1, sale_month) over (
            partition by source_system
            order by sale_month
            rows between unbounded preceding and unbounded following
        ) as next_month
    from months

)

select
    source_system,
    sale_month as last_month_before,
    next_month as first_month_after,
    concat(
        source_system, ' has no sales between ', formatDateTime(sale_month, '%Y-%m'), ' and ',
        formatDateTime(next_month, '%Y-%m')
    ) as message
from with_next
where next_month > addMonths(sale_month, 1)
