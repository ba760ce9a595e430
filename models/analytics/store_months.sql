-- Grain: one row for each source system, currency, store and month with sale lines.

{{ config(distributed_by="sale_month") }}

with sales as (

    select * from {{ ref("current_sales") }}

),

final as (

    select
        source_system,
        currency,
        {{ member_key("store", "sales") }} as store_key,
        sale_month,
        {{ sold_and_returned() }}
    from sales
    group by
        source_system,
        currency,
        store_key,
        sale_month

)

select * from final
