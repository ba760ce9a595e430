-- Grain: one row for each week, source system, currency, category and region with sales.

{{ config(materialized="view") }}

with summary_sales as (

    select * from {{ ref("summary_sales") }}

),

weeks as (

    select
        toMonday(sale_date) as week_start,
        source_system,
        currency,
        category,
        region,
        {{ merged_measures() }}
    from summary_sales
    group by
        week_start,
        source_system,
        currency,
        category,
        region

),

final as (

    select
        *,
        {{ average_basket() }} as average_basket
    from weeks

)

select * from final
