-- Grain: one row for each sale line of the months in landing_months.

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

landing_months as (

    select toDate(sale_month) as sale_month from {{ ref("landing_months") }}

),

final as (

    select
        *,
        toStartOfMonth(sale_date) as sale_month
    from hot_sales
    where toStartOfMonth(sale_date) global in (select sale_month from landing_months)

)

select * from final
