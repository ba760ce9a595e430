-- Grain: one row for each day, source system, currency and category with sales, and for all categories together.

{{ config(materialized="view") }}

with summary_sales as (

    select * from {{ ref("summary_sales") }}

),

final as (

    select
        sale_date,
        source_system,
        currency,
        arrayJoin([category, 'All categories']) as category,
        sum(summary_sales.net_revenue) as net_revenue
    from summary_sales
    group by
        sale_date,
        source_system,
        currency,
        category

)

select * from final
