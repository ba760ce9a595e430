select
    source_system,
    currency,
    category,
    extract(year from sale_month)::integer::text as year,
    count(*) as months,
    round(avg(revenue), 2) as average_month,
    round(avg(revenue_without_season), 2) as average_month_without_season
from {{ ref("category_revenue_without_season") }}
where {{ asked_for(day="sale_month", category="category") }}
group by
    source_system,
    currency,
    category,
    extract(year from sale_month)
order by
    source_system,
    currency,
    category,
    year
