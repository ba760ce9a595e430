with months as (

    select
        currency,
        month_start,
        sum(net_revenue) as net_revenue,
        sum(sale_lines) as sale_lines,
        sum(returned_revenue) as returned_revenue
    from {{ ref("summary_sales") }}
    group by
        currency,
        month_start

)

select
    currency,
    formatDateTime(month_start, '%Y-%m') as month,
    net_revenue,
    returned_revenue,
    sale_lines,
    toDecimal64(avg(net_revenue) over three_months, 2) as three_month_average
from months
window three_months as (partition by currency order by month_start rows between 2 preceding and current row)
order by
    currency,
    month_start
