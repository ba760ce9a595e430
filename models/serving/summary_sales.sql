-- Grain: one row for each day, source system, currency, category and country with sales.

{{ config(
    order_by="(sale_date, source_system, currency, category, country)",
    partition_by="toYYYYMM(sale_date)",
) }}

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

final as (

    select
        sale_date,
        toStartOfMonth(sale_date) as month_start,
        source_system,
        currency,
        category,
        country,
        sum(amount) as net_revenue,
        sumIf(amount, line_type = 'sale') as gross_revenue,
        -sumIf(amount, line_type = 'return') as returned_revenue,
        sum(quantity) as net_quantity,
        count() as sale_lines,
        countIf(line_type = 'return') as return_lines,
        uniqExactIf(order_id, line_type = 'sale') as orders,
        -- The unknown customer is many people or none: not one.
        uniqExactIf(customer_key, customer_key != toUUID('{{ var("unknown_key") }}')) as customers
    from hot_sales
    group by
        sale_date,
        month_start,
        source_system,
        currency,
        category,
        country

)

select * from final
