select
    currency,
    age_group,
    gender,
    uniqExactIf(customer_key, customer_key != toUUID('{{ var("unknown_key") }}')) as customers,
    uniqExactIf(order_id, line_type = 'sale') as orders,
    sum(amount) as net_revenue,
    toDecimal64(round(sumIf(amount, line_type = 'sale') / greatest(orders, 1), 2), 2) as average_order
from {{ ref("hot_sales") }}
group by
    currency,
    age_group,
    gender
order by
    currency,
    age_group = 'Unknown',
    age_group != 'Under 18',
    age_group,
    gender
