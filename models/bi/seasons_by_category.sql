-- Grain: one row for each source system, currency, category and season of the year.

select
    source_system,
    currency,
    category,
    season,
    average_revenue,
    average_quantity,
    seasons_observed,
    seasonal_index
from {{ ref("category_seasons") }}
