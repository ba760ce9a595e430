-- Grain: one row for each month, source system, currency, category and region with sales.

{{ config(materialized="view") }}

with summary_sales as (

    select * from {{ ref("summary_sales") }}

),

months as (

    select
        toStartOfMonth(sale_date) as month_start,
        source_system,
        currency,
        category,
        region,
        {{ merged_measures() }}
    from summary_sales
    group by
        month_start,
        source_system,
        currency,
        category,
        region

),

final as (

    select
        *,
        {{ average_basket() }} as average_basket
    from months

)

select * from final
