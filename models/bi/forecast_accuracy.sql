-- Grain: one row for each source system, currency, category and method of forecasting.

select
    source_system,
    currency,
    category,
    method,
    origins,
    months,
    mean_absolute_error,
    weighted_absolute_percentage_error,
    mean_absolute_percentage_error,
    bias,
    is_used
from {{ ref("forecast_errors") }}
