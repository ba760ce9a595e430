-- Grain: one row for each source system, currency, calendar year, age group and gender, and for customers who are
-- known or not.

{{ config(distributed_by="sale_year") }}

with customer_months as (

    select * from {{ ref("customer_months") }}

),

customers as (

    select * from {{ ref("current_customers") }}

),

customer_years as (

    select
        source_system,
        currency,
        customer_key,
        is_known,
        extract(year from sale_month)::integer as sale_year,
        sum(orders) as orders,
        sum(gross_revenue) as gross_revenue,
        sum(returned_revenue) as returned_revenue,
        sum(revenue) as revenue
    from customer_months
    group by
        source_system,
        currency,
        customer_key,
        is_known,
        sale_year

),

final as (

    select
        customer_years.source_system,
        customer_years.currency,
        customer_years.sale_year,
        customers.age_group,
        customers.gender,
        customer_years.is_known,
        -- The unknown customer is many people or none: not one.
        count(case when customer_years.is_known and customer_years.orders > 0 then 1 end) as customers,
        sum(customer_years.orders)::bigint as orders,
        sum(customer_years.gross_revenue) as gross_revenue,
        sum(customer_years.returned_revenue) as returned_revenue,
        sum(customer_years.revenue) as revenue
    from customer_years
    inner join customers on customer_years.customer_key = customers.customer_key
    group by
        customer_years.source_system,
        customer_years.currency,
        customer_years.sale_year,
        customers.age_group,
        customers.gender,
        customer_years.is_known

)

select * from final
