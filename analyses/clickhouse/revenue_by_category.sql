with categories as (

    select
        currency,
        category,
        {{ merged_measures() }}
    from {{ ref("summary_sales") }} as summary_sales
    where {{ asked_for(day="sale_date", category="category") }}
    group by
        currency,
        category

)

select
    currency,
    category,
    net_revenue,
    returned_revenue,
    net_quantity,
    sale_lines,
    round(100 * net_revenue / sum(net_revenue) over (partition by currency), 1) as share_percent
from categories
order by
    sum(sale_lines) over (partition by currency) desc,
    currency asc,
    net_revenue desc
