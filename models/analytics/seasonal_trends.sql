-- Grain: one row for each source system, currency, category and origin month.
-- The line through the revenue without season: see the README beside this file.

{{ config(distributed_by="category") }}

with origins as (

    select * from {{ ref("forecast_origins") }}

),

indices as (

    select * from {{ ref("seasonal_indices") }}

),

category_months as (

    select * from {{ ref("category_months") }}

),

training as (

    select
        source_system,
        currency,
        category,
        origins.origin_month,
        origins.is_latest,
        -{{ months_between("category_months.sale_month", "origins.origin_month") }} as months_after_origin,
        category_months.revenue,
        indices.seasonal_index
    from origins
    inner join category_months using (source_system, currency, category)
    inner join indices using (source_system, currency, category, origin_month, month_of_year)
    where
        category_months.is_history
        and category_months.sale_month <= origins.origin_month
        and category_months.sale_month > origins.training_after

),

sums as (

    -- Least squares of revenue = index × (level + slope × month): the line through the revenue without season in which
    -- a month weighs by the square of its index. Without weights, months that hardly sell would bend the line, as
    -- their chance is divided by next to nothing.
    select
        source_system,
        currency,
        category,
        origin_month,
        is_latest,
        sum(seasonal_index * seasonal_index) as sum_w,
        sum(seasonal_index * seasonal_index * months_after_origin) as sum_wx,
        sum(seasonal_index * revenue) as sum_wy,
        sum(seasonal_index * months_after_origin * revenue) as sum_wxy,
        sum(seasonal_index * seasonal_index * months_after_origin * months_after_origin) as sum_wxx
    from training
    group by
        source_system,
        currency,
        category,
        origin_month,
        is_latest

),

slopes as (

    -- Least squares in decimals: regr_slope works in floats, whose sums differ with the order of the rows.
    select
        sums.*,
        (sum_w * sum_wxy - sum_wx * sum_wy) / nullif(sum_w * sum_wxx - sum_wx * sum_wx, 0) as slope
    from sums

),

final as (

    select
        source_system,
        currency,
        category,
        origin_month,
        is_latest,
        round((sum_wy - slope * sum_wx) / nullif(sum_w, 0), 6) as level_at_origin,
        round(slope, 6) as monthly_growth
    from slopes

)

select * from final
