-- Grain: one row for each source system, currency, category and quarter.

select
    source_system,
    currency,
    category,
    quarter_start,
    revenue,
    quantity,
    previous_quarter_revenue,
    quarter_on_quarter_growth,
    last_year_revenue,
    year_on_year_growth,
    is_complete
from {{ ref("category_quarters") }}
