with categories as (

    select
        currency,
        category,
        sum(net_revenue) as net_revenue,
        sum(returned_revenue) as returned_revenue,
        sum(net_quantity) as net_quantity,
        sum(sale_lines) as sale_lines
    from {{ ref("summary_sales") }}
    group by
        currency,
        category

)

select
    *,
    round(100 * net_revenue / sum(net_revenue) over (partition by currency), 1) as share_percent
from categories
order by
    currency asc,
    net_revenue desc
