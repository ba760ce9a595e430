-- Grain: one row for each source system, currency, category, origin month and month of the year.
-- Ratio to moving average, the multiplicative classical decomposition: see the README beside this file.

{{ config(distributed_by="category") }}

with origins as (

    select * from {{ ref("forecast_origins") }}
    where is_long_enough

),

category_months as (

    select * from {{ ref("category_months") }}
    where seasonal_ratio is not null

),

known_ratios as (

    -- A month's moving average looks six months ahead, and six back: nothing after the origin may be in it, nor
    -- anything before the months that the forecast learns from.
    select
        source_system,
        currency,
        category,
        origins.origin_month,
        origins.is_latest,
        category_months.month_of_year,
        category_months.season,
        category_months.seasonal_ratio
    from origins
    inner join category_months using (source_system, currency, category)
    where
        category_months.sale_month <= origins.origin_month - interval '6 months'
        and category_months.sale_month > origins.training_after + interval '6 months'

),

indices as (

    select
        source_system,
        currency,
        category,
        origin_month,
        is_latest,
        month_of_year,
        season,
        count(*)::integer as years_observed,
        -- The indices of a year add up to 12, so that taking the season out leaves the year's total as it is.
        round(12 * avg(seasonal_ratio) / nullif(sum(avg(seasonal_ratio)) over of_one_origin, 0), 4) as seasonal_index,
        count(*) over of_one_origin as months_observed
    from known_ratios
    group by
        source_system,
        currency,
        category,
        origin_month,
        is_latest,
        month_of_year,
        season
    window of_one_origin as (partition by source_system, currency, category, origin_month)

),

final as (

    select
        source_system,
        currency,
        category,
        origin_month,
        is_latest,
        month_of_year,
        season,
        years_observed,
        seasonal_index
    from indices
    where months_observed = 12

)

select * from final
