-- Grain: one row for each source system, currency, category and month: months that were, and the months to come.

with history as (

    select * from {{ ref("category_months") }}
    where is_history

),

forecasts as (

    select * from {{ ref("category_forecasts") }}
    where is_latest

),

errors as (

    select * from {{ ref("forecast_errors") }}
    where method = 'forecast'

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
        null::text as basis
    from history
    union all
    select
        source_system,
        currency,
        category,
        forecasts.sale_month,
        null::numeric as actual_revenue,
        forecasts.forecast_revenue,
        errors.weighted_absolute_percentage_error as expected_error,
        forecasts.basis
    from forecasts
    left join errors using (source_system, currency, category)

)

select * from final
