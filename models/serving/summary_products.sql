-- Grain: one row for each product with sales, in each currency.

{{ config(order_by="(source_system, currency, category, product_key)") }}

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

final as (

    select
        product_key,
        source_system,
        currency,
        any(product_name) as product_name,
        any(category) as category,
        any(supplier) as supplier,
        sum(amount) as net_revenue,
        sumIf(amount, line_type = 'sale') as gross_revenue,
        -sumIf(amount, line_type = 'return') as returned_revenue,
        sum(quantity) as net_quantity,
        sumIf(quantity, line_type = 'sale') as sold_quantity,
        count() as sale_lines,
        uniqExactIf(order_id, line_type = 'sale') as orders,
        min(sale_date) as first_sale_date,
        max(sale_date) as last_sale_date
    from hot_sales
    group by
        product_key,
        source_system,
        currency

)

select * from final
