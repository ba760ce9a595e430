select
    source_system,
    currency,
    category,
    max(case when season = 'Spring' then average_revenue end) as spring,
    max(case when season = 'Spring' then seasonal_index end) as spring_index,
    max(case when season = 'Summer' then average_revenue end) as summer,
    max(case when season = 'Summer' then seasonal_index end) as summer_index,
    max(case when season = 'Autumn' then average_revenue end) as autumn,
    max(case when season = 'Autumn' then seasonal_index end) as autumn_index,
    max(case when season = 'Winter' then average_revenue end) as winter,
    max(case when season = 'Winter' then seasonal_index end) as winter_index
from {{ ref("category_seasons") }}
where {{ asked_for(category="category") }}
group by
    source_system,
    currency,
    category
order by
    source_system,
    currency,
    category
