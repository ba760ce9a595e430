-- Grain: one row for each month and product with sales, in each currency.

{{ config(
    materialized=incremental_table(),
    incremental_strategy="insert_overwrite",
    order_by="(source_system, currency, category, product_key, month_start)",
    partition_by="toYYYYMM(month_start)",
    sharding_key="toYYYYMM(month_start)",
    pre_hook="{{ drop_leftovers() }}",
    post_hook="{{ drop_months_gone() }}",
) }}

{% call(is_stale, model_version) by_month(stale_summary_months, "month_start") %}
with hot_sales as (

    select * from {{ ref("hot_sales") }}
    where {{ is_stale }}

),

final as (

    select
        toStartOfMonth(sale_date) as month_start,
        source_system,
        currency,
        product_key,
        any(hot_sales.product_name) as product_name,
        any(hot_sales.category) as category,
        any(hot_sales.supplier) as supplier,
        {{ sales_measures() }},
        {{ distinct_counts() }},
        max(hot_sales._refreshed_at) as _refreshed_at,
        toLowCardinality('{{ model_version }}') as _model_version
    from hot_sales
    group by
        month_start,
        source_system,
        currency,
        product_key

)

select * from final
{% endcall %}
