select
    source_system,
    currency,
    sale_year::text as year,
    case when is_known then age_group else 'No customer' end as age_group,
    gender,
    customers,
    orders,
    revenue,
    round(gross_revenue / nullif(orders, 0), 2) as average_order,
    round(revenue / nullif(customers, 0), 2) as revenue_per_customer
from {{ ref("demographic_years") }}
where {{ asked_for(year="sale_year") }}
order by
    source_system asc,
    currency asc,
    sale_year asc,
    is_known desc,
    age_group = 'Unknown' asc,
    age_group <> 'Under 18' asc,
    age_group asc,
    gender asc
