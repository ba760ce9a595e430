select
    source_system,
    currency,
    store_id,
    any(summary_stores.store_name) as store_name,
    any(summary_stores.store_region) as region,
    {{ merged_measures("summary_stores") }},
    {{ average_basket() }} as average_basket,
    round(100 * net_revenue / sum(net_revenue) over (partition by source_system, currency), 1) as share_percent
from {{ ref("summary_stores") }} as summary_stores
where {{ asked_for(day="sale_date") }}
group by
    source_system,
    currency,
    store_id
order by
    source_system asc,
    currency asc,
    net_revenue desc,
    store_id asc
