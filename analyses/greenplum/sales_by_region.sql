select
    source_system,
    currency,
    region,
    sale_year::text as year,
    complete_months as months,
    revenue,
    round(100 * share_of_year, 1) as share_percent,
    round(100 * year_on_year_growth, 1) as growth_percent
from {{ ref("region_years") }}
where {{ asked_for(year="sale_year") }}
order by
    source_system asc,
    currency asc,
    sum(revenue) over (partition by source_system, currency, region) desc,
    region asc,
    sale_year asc
