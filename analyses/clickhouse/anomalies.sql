select
    since,
    until,
    kind,
    currency,
    category,
    expected,
    actual,
    difference_percent
from {{ ref("sales_anomalies") }}
where {{ asked_for(day="since", category="category", source=none) }}
order by
    since desc,
    category asc
limit 30
