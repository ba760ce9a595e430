with forecasts as (

    select * from {{ ref("revenue_forecast") }}
    where basis is not null

),

years_before as (

    select * from {{ ref("category_forecasts") }}
    where
        is_latest
        and method = 'seasonal_naive'

)

select
    source_system,
    currency,
    category,
    to_char(forecasts.sale_month, 'YYYY-MM') as month,
    forecasts.forecast_revenue as forecast,
    years_before.forecast_revenue as a_year_before,
    round(100 * forecasts.expected_error, 1) as usual_error_percent,
    forecasts.basis
from forecasts
inner join years_before using (source_system, currency, category, sale_month)
where {{ asked_for(day="forecasts.sale_month", category="category") }}
order by
    source_system,
    currency,
    category,
    month
