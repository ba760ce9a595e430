-- Grain: one row for each source system, currency, category and month.

select
    source_system,
    currency,
    category,
    sale_month,
    revenue,
    seasonal_index,
    revenue_without_season,
    moving_average
from {{ ref("category_revenue_without_season") }}
