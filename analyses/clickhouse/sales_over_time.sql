select
    currency,
    formatDateTime(month_start, '%Y-%m') as month,
    net_revenue,
    returned_revenue,
    sale_lines,
    three_month_average
from {{ ref("revenue_trend") }}
where {{ asked_for(day="month_start", source=none) }}
order by
    currency,
    month_start
