-- Grain: one row for each source system, currency, calendar year, age group and gender, and for customers who are
-- known or not.

{{ config(distributed_by="sale_year") }}

with customer_months as (

    select * from {{ ref("customer_months") }}

),

customers as (

    select * from {{ ref("current_customers") }}

),

aged as (

    select
        customer_months.*,
        {{ age_group_on("(customer_months.sale_month + interval '1 month - 1 day')::date", "customers") }} as age_group,
        customers.gender
    from customer_months
    inner join customers on customer_months.customer_key = customers.customer_key

),

customer_years as (

    select
        source_system,
        currency,
        customer_key,
        is_known,
        extract(year from sale_month)::integer as sale_year,
        age_group,
        gender,
        sum(orders) as orders,
        sum(gross_revenue) as gross_revenue,
        sum(returned_revenue) as returned_revenue,
        sum(revenue) as revenue
    from aged
    group by
        source_system,
        currency,
        customer_key,
        is_known,
        sale_year,
        age_group,
        gender

),

final as (

    select
        source_system,
        currency,
        sale_year,
        age_group,
        gender,
        is_known,
        -- The unknown customer is many people or none: not one.
        count(case when is_known and orders > 0 then 1 end) as customers,
        sum(orders)::bigint as orders,
        sum(gross_revenue) as gross_revenue,
        sum(returned_revenue) as returned_revenue,
        sum(revenue) as revenue
    from customer_years
    group by
        source_system,
        currency,
        sale_year,
        age_group,
        gender,
        is_known

)

select * from final
