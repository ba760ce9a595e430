select
    currency,
    category,
    sum(summary_sales.gross_amount) as gross_amount,
    sum(summary_sales.discount) as discount,
    round(100 * discount / nullIf(gross_amount, 0), 1) as discount_percent,
    sum(summary_sales.net_revenue) as net_revenue,
    sum(summary_sales.cost) as cost,
    sum(summary_sales.margin) as margin,
    {{ margin_percent() }} as margin_percent,
    -- Of the net revenue, that of the lines whose cost is known: the margin speaks of no other.
    round(100 * coalesce(margin + cost, 0) / nullIf(net_revenue, 0), 1) as cost_known_percent
from {{ ref("summary_sales") }} as summary_sales
group by
    currency,
    category
order by
    currency asc,
    net_revenue desc,
    category asc
