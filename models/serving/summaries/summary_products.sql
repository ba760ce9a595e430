-- Grain: one row for each product with sales, in each currency.

{{ config(
    order_by="(source_system, currency, category, product_key)",
    sharding_key="cityHash64(product_key)",
) }}

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

final as (

    select
        product_key,
        source_system,
        currency,
        any(hot_sales.product_name) as product_name,
        any(hot_sales.category) as category,
        any(hot_sales.supplier) as supplier,
        {{ sales_measures() }},
        {{ distinct_counts() }},
        min(hot_sales.sale_date) as first_sale_date,
        max(hot_sales.sale_date) as last_sale_date
    from hot_sales
    group by
        product_key,
        source_system,
        currency

)

select * from final
