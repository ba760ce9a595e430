-- Grain: one row for each currency and month with sales.

{{ config(order_by="(currency, month_start)") }}

with summary_sales as (

    select * from {{ ref("summary_sales") }}

),

months as (

    select
        currency,
        month_start,
        {{ merged_measures() }}
    from summary_sales
    group by
        currency,
        month_start

),

final as (

    select
        *,
        {{ average_basket() }} as average_basket,
        toDecimal64(avg(net_revenue) over three_months, 2) as three_month_average,
        -- Null in the first year.
        anyOrNull(net_revenue) over year_before as net_revenue_year_before
    from months
    window
        three_months as (
            partition by currency order by month_start rows between 2 preceding and current row
        ),
        year_before as (
            partition by currency order by toRelativeMonthNum(month_start) range between 12 preceding and 12 preceding
        )

)

select * from final
