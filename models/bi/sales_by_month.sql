-- Grain: one row for each source system, currency, month, category and region with sale lines.

with monthly_sales as (

    select * from {{ ref("monthly_sales") }}

),

calendar as (

    select * from {{ ref("sales_calendar") }}

),

final as (

    select
        source_system,
        currency,
        sale_month,
        calendar.quarter_start,
        calendar.sale_year,
        calendar.season,
        monthly_sales.category,
        monthly_sales.region,
        monthly_sales.gross_revenue,
        monthly_sales.returned_revenue,
        monthly_sales.revenue,
        monthly_sales.gross_amount,
        monthly_sales.discount,
        monthly_sales.tax,
        monthly_sales.cost,
        monthly_sales.margin,
        monthly_sales.revenue_reporting,
        monthly_sales.lines_without_rate,
        monthly_sales.adjustments,
        monthly_sales.quantity,
        monthly_sales.sale_lines,
        calendar.is_complete
    from monthly_sales
    inner join calendar using (source_system, currency, sale_month)

)

select * from final
