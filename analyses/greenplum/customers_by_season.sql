select
    source_system,
    currency,
    habit,
    count(*) as customers,
    round(100 * count(*) / sum(count(*)) over (partition by source_system, currency), 1) as share_percent,
    sum(orders)::bigint as orders,
    sum(gross_revenue) as gross_revenue
from {{ ref("seasonal_customers") }}
where {{ asked_for() }}
group by
    source_system,
    currency,
    habit
order by
    source_system asc,
    currency asc,
    customers desc,
    habit asc
