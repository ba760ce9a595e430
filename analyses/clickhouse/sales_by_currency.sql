select
    currency,
    sum(summary_sales.net_revenue) as net_revenue,
    sum(summary_sales.sale_lines) as sale_lines,
    '{{ reporting_currency() }}' as reporting_currency,
    sum(summary_sales.net_revenue_reporting) as net_revenue_reporting,
    sum(summary_sales.lines_without_rate) as lines_without_rate,
    round(100 * net_revenue_reporting / sum(net_revenue_reporting) over (), 1) as share_percent
from {{ ref("summary_sales") }} as summary_sales
group by currency
order by
    net_revenue_reporting desc nulls last,
    currency asc
