-- Grain: one row for each currency, age group and gender with sales.

{{ config(
    materialized=incremental_table(),
    incremental_strategy="insert_overwrite",
    order_by="(currency, age_group, gender)",
    partition_by="tuple()",
    pre_hook="{{ drop_leftovers() }}",
    post_hook="{{ empty_without_sales() }}",
) }}

{% call(is_read, made_of) of_all_months() %}
with hot_sales as (

    select * from {{ ref("hot_sales") }}
    where {{ is_read }}

),

groups as (

    select
        currency,
        -- Not that of summary_customers, as somebody grows older from one sale to the next.
        age_group,
        gender,
        {{ sales_measures() }},
        {{ distinct_counts() }}
    from hot_sales
    group by
        currency,
        age_group,
        gender

),

final as (

    select
        *,
        {{ average_basket() }} as average_basket,
        {{ made_of }}
    from groups

)

select * from final
{% endcall %}
