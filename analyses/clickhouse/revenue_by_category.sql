select
    currency,
    category,
    sum(net_revenue) as net_revenue,
    sum(returned_revenue) as returned_revenue,
    sum(net_quantity) as net_quantity,
    sum(sale_lines) as sale_lines,
    round(100 * sum(net_revenue) / sum(sum(net_revenue)) over (partition by currency), 1) as share_percent
from {{ ref("summary_sales") }}
group by
    currency,
    category
order by
    currency asc,
    net_revenue desc
