-- Grain: one row for each source system, currency, customer and month with sales or returns. The questions about
-- customers ask this table: the archive is read for it and not for each of them.

{{ config(
    incremental_strategy="archived_months",
    distributed_by="customer_key",
    appendoptimized=true,
    post_hook="{{ note_asked_months() }}",
) }}

{% call(is_asked) by_archived_month() %}
with known as (

    -- By buyer_key, which is the customer's: the sales are distributed by it, so that none moves to be counted.
    select
        source_system,
        currency,
        buyer_key as customer_key,
        sale_month,
        true as is_known,
        count(distinct case when line_type = 'sale' then order_id end) as orders,
        {{ sold_and_returned() }}
    from {{ ref("current_sales") }}
    where
        {{ is_asked }}
        and line_type <> 'adjustment'
        and customer_key <> '{{ var("unknown_key") }}'::uuid
    -- In this order, as it is that of the sort: numbers first, and the texts where these are equal.
    group by
        buyer_key,
        sale_month,
        currency,
        source_system

),

unknown as (

    select
        source_system,
        currency,
        customer_key,
        sale_month,
        false as is_known,
        count(distinct case when line_type = 'sale' then order_id end) as orders,
        {{ sold_and_returned() }}
    from {{ ref("current_sales") }}
    where
        {{ is_asked }}
        and line_type <> 'adjustment'
        and customer_key = '{{ var("unknown_key") }}'::uuid
    group by
        source_system,
        currency,
        customer_key,
        sale_month

),

final as (

    select * from known
    union all
    select * from unknown

)

select * from final
{% endcall %}
