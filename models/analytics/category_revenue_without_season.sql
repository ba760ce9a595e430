-- Grain: one row for each source system, currency, category and complete month of its history.

{{ config(distributed_by="category") }}

with category_months as (

    select * from {{ ref("category_months") }}
    where is_history

),

indices as (

    select * from {{ ref("seasonal_indices") }}
    where is_latest

),

final as (

    select
        source_system,
        currency,
        category,
        category_months.sale_month,
        category_months.revenue,
        category_months.moving_average,
        indices.seasonal_index,
        round(category_months.revenue / nullif(indices.seasonal_index, 0), 2) as revenue_without_season
    from category_months
    left join indices using (source_system, currency, category, month_of_year)

)

select * from final
