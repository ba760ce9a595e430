-- Grain: one row for each source system, currency and known customer with orders.

with seasonal_customers as (

    select * from {{ ref("seasonal_customers") }}

),

customers as (

    select * from {{ ref("current_customers") }}

),

final as (

    select
        seasonal_customers.source_system,
        seasonal_customers.currency,
        customers.customer_id,
        customers.age_group,
        customers.gender,
        customers.city,
        customers.region,
        customers.country,
        seasonal_customers.habit,
        seasonal_customers.main_season,
        seasonal_customers.main_season_share,
        seasonal_customers.season_years,
        seasonal_customers.main_season_orders,
        seasonal_customers.orders,
        seasonal_customers.main_season_gross_revenue,
        seasonal_customers.gross_revenue
    from seasonal_customers
    inner join customers on seasonal_customers.customer_key = customers.customer_key

)

select * from final
