-- Grain: one row for each source system, currency, category, origin month and month ahead. The latest origin is the
-- forecast, the others are its backtest: what is measured is what is used.

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
        origin_month

),

slopes as (

    -- Least squares in decimals: regr_slope works in floats, whose sums differ with the order of the rows.
    select
        sums.*,
        (sum_w * sum_wxy - sum_wx * sum_wy) / nullif(sum_w * sum_wxx - sum_wx * sum_wx, 0) as slope
    from sums

),

trends as (

    select
        source_system,
        currency,
        category,
        origin_month,
        slope,
        (sum_wy - slope * sum_wx) / nullif(sum_w, 0) as level_at_origin
    from slopes

),

targets as (

    -- Of an origin of the backtest, the months ahead that have been since.
    select
        origins.*,
        months_ahead,
        (origins.origin_month + months_ahead * interval '1 month')::date as sale_month,
        extract(month from origins.origin_month + months_ahead * interval '1 month')::integer as month_of_year
    from origins
    cross join generate_series(1, {{ var("forecast_months") }}) as months_ahead
    where
        origins.is_latest
        or (origins.is_long_enough and months_ahead <= origins.months_since)

),

actuals as (

    select
        source_system,
        currency,
        category,
        sale_month,
        revenue as actual_revenue
    from category_months

),

last_months as (

    select
        source_system,
        currency,
        category,
        sale_month as origin_month,
        revenue as naive_revenue
    from category_months

),

last_years as (

    select
        source_system,
        currency,
        category,
        (sale_month + interval '1 year')::date as sale_month,
        revenue as seasonal_naive_revenue
    from category_months

),

final as (

    select
        source_system,
        currency,
        category,
        origin_month,
        targets.months_ahead,
        sale_month,
        targets.is_latest,
        case when not targets.is_latest then actuals.actual_revenue end as actual_revenue,
        round(
            -- A falling trend ends at nothing, not below; greatest() would make nothing of no trend, too.
            case
                when trends.level_at_origin + trends.slope * targets.months_ahead < 0 then 0
                else (trends.level_at_origin + trends.slope * targets.months_ahead) * indices.seasonal_index
            end,
            2
        ) as forecast_revenue,
        case when targets.is_long_enough then last_months.naive_revenue end as naive_revenue,
        case when targets.is_long_enough then last_years.seasonal_naive_revenue end as seasonal_naive_revenue,
        case
            when not targets.is_long_enough
                then 'No forecast: ' || targets.history_months || ' of {{ var("forecast_minimum_months") }} months'
            when indices.seasonal_index is null or trends.slope is null
                then 'No forecast: too few months with sales'
            else
                'Seasonal index and linear trend of '
                || least(targets.history_months, {{ var("forecast_training_months") }}) || ' months'
        end as basis
    from targets
    left join trends using (source_system, currency, category, origin_month)
    left join indices using (source_system, currency, category, origin_month, month_of_year)
    left join actuals using (source_system, currency, category, sale_month)
    left join last_months using (source_system, currency, category, origin_month)
    left join last_years using (source_system, currency, category, sale_month)

)

select * from final
