-- Grain: one row for each month of the hot window, as PostgreSQL held it when the run began.

{{ config(order_by="sale_month") }}

with sales_months as (

    select * from {{ ref("sales_months") }}

),

months as (

    select
        toDate(sale_month) as sale_month,
        max(sale_month) over () as newest_month,
        toUInt64(sale_lines) as sale_lines,
        quantity,
        amount,
        changed_at
    from sales_months

),

final as (

    select * except (newest_month)
    from months
    {%- if var("hot_months", none) %}
    where sale_month > addMonths(newest_month, -{{ var("hot_months") | int }})
    {%- endif %}

)

select * from final
