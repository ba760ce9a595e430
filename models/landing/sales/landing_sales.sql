-- Grain: one row for each sale line of the months that landing_months hands over.

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

handed_over as (

    {{ handed_over_months() }}

),

final as (

    select
        *,
        toStartOfMonth(sale_date) as sale_month
    from hot_sales
    where
        (toString(source_system), toStartOfMonth(sale_date)) global in (
            select (handed_over.source_system, handed_over.sale_month) from handed_over
        )

)

select * from final
