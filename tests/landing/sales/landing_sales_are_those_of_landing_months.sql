-- The ledger's figures for a month are those of the sales that landed. Fails with each month that differs.

with landed as (

    select
        sales.sale_month as sale_month,
        count() as sale_lines,
        sum(sales.quantity) as quantity,
        sum(sales.amount) as amount,
        toString({{ sales_content_hash("sales") }}) as content_hash
    from {{ ref("landing_sales") }} as sales
    group by sale_month

),

both_sides as (

    select
        'landing_sales' as side,
        toDate(sale_month) as sale_month,
        toString(tuple(sale_lines, quantity, amount, content_hash)) as totals
    from landed
    union all
    select
        'landing_months' as side,
        toDate(sale_month) as sale_month,
        toString(tuple(toUInt64(sale_lines), quantity, amount, content_hash)) as totals
    from {{ ref("landing_months") }}
    where sale_lines > 0

)

select
    sale_month,
    anyIf(totals, side = 'landing_sales') as landing_sales,
    anyIf(totals, side = 'landing_months') as landing_months,
    concat(
        formatDateTime(sale_month, '%Y-%m'), ': landing_sales has ', landing_sales, '; landing_months says ',
        landing_months
    ) as message
from both_sides
group by sale_month
having landing_sales != landing_months
