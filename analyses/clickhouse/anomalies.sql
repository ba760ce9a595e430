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
order by
    since desc,
    category asc
limit 30
