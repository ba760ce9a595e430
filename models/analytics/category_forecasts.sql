-- Grain: one row for each source system, currency, category, origin month, month ahead and method. The latest origin is
-- the forecast, the others are its backtest: what is measured is what is used.

{{ config(distributed_by="category") }}

{#- Of each method the forecast, and in words what it was made from. -#}
{% set methods = {
    "seasonal_trend": "'Seasonal index and linear trend of ' || training_months || ' months'",
    "poisson": "'Poisson regression on month and trend of ' || training_months || ' months'",
    "mean_of_both": "'Mean of seasonal trend and Poisson regression of ' || training_months || ' months'",
    "naive": "'As the last month'",
    "seasonal_naive": "'As a year before'",
} %}

with origins as (

    select * from {{ ref("forecast_origins") }}

),

indices as (

    select * from {{ ref("seasonal_indices") }}

),

trends as (

    select * from {{ ref("seasonal_trends") }}

),

regressions as (

    select * from {{ ref("poisson_regressions") }}

),

category_months as (

    select * from {{ ref("category_months") }}

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
        revenue as last_revenue
    from category_months

),

last_years as (

    select
        source_system,
        currency,
        category,
        (sale_month + interval '1 year')::date as sale_month,
        revenue as last_years_revenue
    from category_months

),

modelled as (

    select
        source_system,
        currency,
        category,
        origin_month,
        targets.months_ahead,
        sale_month,
        targets.is_latest,
        targets.is_long_enough,
        targets.history_months,
        targets.training_months,
        case when not targets.is_latest then actuals.actual_revenue end as actual_revenue,
        round(
            -- A falling trend ends at nothing, not below; greatest() would make nothing of no trend, too.
            case
                when trends.level_at_origin + trends.monthly_growth * targets.months_ahead < 0 then 0
                else (trends.level_at_origin + trends.monthly_growth * targets.months_ahead) * indices.seasonal_index
            end,
            2
        ) as seasonal_trend_revenue,
        round(
            {{ days_of_month("sale_month") }} * regressions.daily_revenue
            * exp(regressions.log_growth * targets.months_ahead),
            2
        ) as poisson_revenue,
        case when targets.is_long_enough then last_months.last_revenue end as naive_revenue,
        case when targets.is_long_enough then last_years.last_years_revenue end as seasonal_naive_revenue
    from targets
    left join trends using (source_system, currency, category, origin_month)
    left join indices using (source_system, currency, category, origin_month, month_of_year)
    left join regressions using (source_system, currency, category, origin_month, month_of_year)
    left join actuals using (source_system, currency, category, sale_month)
    left join last_months using (source_system, currency, category, origin_month)
    left join last_years using (source_system, currency, category, sale_month)

),

forecasts as (

    select
        modelled.*,
        round((seasonal_trend_revenue + poisson_revenue) / 2, 2) as mean_of_both_revenue
    from modelled

),

final as (

    {%- for method, basis in methods.items() %}
    select
        source_system,
        currency,
        category,
        origin_month,
        months_ahead,
        '{{ method }}'::text as method,
        sale_month,
        is_latest,
        actual_revenue,
        {{ method }}_revenue as forecast_revenue,
        case
            when not is_long_enough
                then 'No forecast: ' || history_months || ' of {{ var("forecast_minimum_months") }} months'
            when {{ method }}_revenue is null then 'No forecast: too few months with sales'
            else {{ basis }}
        end as basis
    from forecasts
    {{ "union all" if not loop.last }}
    {%- endfor %}

)

select * from final
