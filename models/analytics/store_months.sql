-- Grain: one row for each source system, currency, store and month with sale lines.

{{ config(
    incremental_strategy="archived_months",
    distributed_by="sale_month",
    post_hook="{{ note_asked_months() }}",
) }}

{% call(is_asked) by_archived_month() %}
with sales as (

    select
        current_sales.*,
        {{ gross_amount("current_sales") }} as gross_amount,
        {{ margin("current_sales") }} as margin
    from {{ ref("current_sales") }} as current_sales
    where {{ is_asked }}

),

final as (

    select
        source_system,
        currency,
        {{ member_key("store", "sales") }} as store_key,
        sale_month,
        {{ sold_and_returned() }},
        {{ discounts_and_margins() }}
    from sales
    group by
        source_system,
        currency,
        store_key,
        sale_month

)

select * from final
{% endcall %}
