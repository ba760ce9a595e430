-- Grain: one row for each currency and category with sales.

{{ config(order_by="(currency, category)") }}

with summary_sales as (

    select * from {{ ref("summary_sales") }}

),

categories as (

    select
        currency,
        category,
        {{ merged_measures() }}
    from summary_sales
    group by
        currency,
        category

),

final as (

    select
        *,
        {{ average_basket() }} as average_basket,
        round(100 * net_revenue / sum(net_revenue) over (partition by currency), 1) as share_percent
    from categories

)

select * from final
