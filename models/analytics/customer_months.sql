-- Grain: one row for each source system, currency, customer and month with sales or returns. The questions about
-- customers ask this table: the archive is read once.

{{ config(distributed_by="customer_key", appendoptimized=true) }}

with sales as (

    select * from {{ ref("current_sales") }}
    where line_type <> 'adjustment'

),

final as (

    select
        source_system,
        currency,
        customer_key,
        sale_month,
        customer_key <> '{{ var("unknown_key") }}'::uuid as is_known,
        count(distinct case when line_type = 'sale' then order_id end) as orders,
        {{ sold_and_returned() }}
    from sales
    group by
        source_system,
        currency,
        customer_key,
        sale_month

)

select * from final
