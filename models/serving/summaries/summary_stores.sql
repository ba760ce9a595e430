-- Grain: one row for each day, source system, currency and store with sales.

{{ config(
    materialized=incremental_table(),
    incremental_strategy="insert_overwrite",
    order_by="(source_system, currency, store_key, sale_date)",
    partition_by="toYYYYMM(sale_date)",
    sharding_key="toYYYYMM(sale_date)",
    pre_hook="{{ drop_leftovers() }}",
    post_hook="{{ drop_months_gone() }}",
) }}

{% call(is_stale, model_version) by_month(stale_summary_months, "sale_date") %}
with hot_sales as (

    select * from {{ ref("hot_sales") }}
    where {{ is_stale }}

),

days as (

    select
        sale_date,
        source_system,
        currency,
        store_key,
        ifNull(any(hot_sales.store_id), 'Unknown') as store_id,
        any(hot_sales.store_name) as store_name,
        any(hot_sales.store_region) as store_region,
        {{ sales_measures() }},
        {{ distinct_states() }},
        max(hot_sales._refreshed_at) as _refreshed_at,
        toLowCardinality('{{ model_version }}') as _model_version
    from hot_sales
    group by
        sale_date,
        source_system,
        currency,
        store_key

),

final as (

    select
        *,
        toStartOfMonth(sale_date) as month_start,
        finalizeAggregation(orders_state) as orders,
        finalizeAggregation(customers_state) as customers,
        {{ average_basket() }} as average_basket
    from days

)

select * from final
{% endcall %}
