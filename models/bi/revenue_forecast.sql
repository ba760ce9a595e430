-- Grain: one row for each source system, currency, category and month: months that were, and the months to come.

with history as (

    select * from {{ ref("category_months") }}
    where is_history

),

forecasts as (

    select * from {{ ref("category_forecasts") }}
    where is_latest

),

used_methods as (

    select * from {{ ref("forecast_errors") }}
    where is_used

),

final as (

    select
        source_system,
        currency,
        category,
        sale_month,
        revenue as actual_revenue,
        null::numeric as forecast_revenue,
        null::numeric as expected_error,
        null::text as basis,
        null::text as method
    from history
    union all
    select
        source_system,
        currency,
        category,
        forecasts.sale_month,
        null::numeric as actual_revenue,
        forecasts.forecast_revenue,
        used_methods.weighted_absolute_percentage_error as expected_error,
        forecasts.basis,
        forecasts.method
    from forecasts
    left join used_methods using (source_system, currency, category)
    -- Where no forecast was made in hindsight there is no record to go by.
    where forecasts.method = coalesce(used_methods.method, 'seasonal_trend')

)

select * from final
