with forecasts as (

    select * from {{ ref("category_forecasts") }}
    where is_latest

),

errors as (

    select * from {{ ref("forecast_errors") }}
    where method = 'forecast'

)

select
    source_system,
    currency,
    category,
    to_char(forecasts.sale_month, 'YYYY-MM') as month,
    forecasts.forecast_revenue as forecast,
    forecasts.seasonal_naive_revenue as a_year_before,
    round(100 * errors.weighted_absolute_percentage_error, 1) as usual_error_percent,
    forecasts.basis
from forecasts
left join errors using (source_system, currency, category)
where {{ asked_for(day="forecasts.sale_month", category="category") }}
order by
    source_system,
    currency,
    category,
    month
