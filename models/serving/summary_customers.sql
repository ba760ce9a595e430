-- Grain: one row for each customer with sales, in each currency.

{{ config(order_by="(source_system, currency, customer_key)") }}

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

final as (

    select
        customer_key,
        source_system,
        currency,
        any(age_group) as age_group,
        any(gender) as gender,
        any(city) as city,
        sum(amount) as net_revenue,
        sumIf(amount, line_type = 'sale') as gross_revenue,
        -sumIf(amount, line_type = 'return') as returned_revenue,
        count() as sale_lines,
        uniqExactIf(order_id, line_type = 'sale') as orders,
        min(sale_date) as first_sale_date,
        max(sale_date) as last_sale_date
    from hot_sales
    group by
        customer_key,
        source_system,
        currency

)

select * from final
