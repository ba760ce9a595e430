-- Grain: one row for each source system, currency, region and calendar year.

select
    source_system,
    currency,
    region,
    sale_year,
    gross_revenue,
    returned_revenue,
    revenue,
    quantity,
    share_of_year,
    last_year_revenue,
    year_on_year_growth,
    complete_months = 12 as is_complete
from {{ ref("region_years") }}
