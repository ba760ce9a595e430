-- Grain: one row for each product with sales, in each currency.

{{ config(
    materialized=incremental_table(),
    incremental_strategy="insert_overwrite",
    order_by="(source_system, currency, category, product_key)",
    partition_by="tuple()",
    sharding_key="cityHash64(product_key)",
    pre_hook="{{ drop_leftovers() }}",
    post_hook="{{ empty_without_sales() }}",
) }}

{% call(is_read, made_of) of_all_months() %}
with hot_sales as (

    select * from {{ ref("hot_sales") }}
    where {{ is_read }}

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
        max(hot_sales.sale_date) as last_sale_date,
        {{ made_of }}
    from hot_sales
    group by
        product_key,
        source_system,
        currency

)

select * from final
{% endcall %}
