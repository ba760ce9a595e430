select
    currency,
    category,
    net_revenue,
    returned_revenue,
    net_quantity,
    sale_lines,
    share_percent
from {{ ref("category_revenue") }}
order by
    currency asc,
    net_revenue desc
