select
    currency,
    age_group,
    gender,
    customers,
    orders,
    net_revenue,
    average_basket
from {{ ref("demographic_purchases") }}
order by
    currency,
    age_group = 'Unknown',
    age_group != 'Under 18',
    age_group,
    gender
