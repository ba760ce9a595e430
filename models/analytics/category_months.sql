-- Grain: one row for each source system, currency, category and month of the sales calendar.

{{ config(distributed_by="category") }}

with monthly_sales as (

    select * from {{ ref("monthly_sales") }}

),

calendar as (

    select * from {{ ref("sales_calendar") }}

),

categories as (

    select
        source_system,
        currency,
        category,
        min(sale_month) as first_month
    from monthly_sales
    group by
        source_system,
        currency,
        category

),

totals as (

    select
        source_system,
        currency,
        category,
        sale_month,
        sum(revenue) as revenue,
        sum(quantity) as quantity
    from monthly_sales
    group by
        source_system,
        currency,
        category,
        sale_month

),

filled as (

    select
        source_system,
        currency,
        categories.category,
        calendar.sale_month,
        calendar.quarter_start,
        calendar.month_of_year,
        calendar.season,
        calendar.season_year,
        calendar.is_complete,
        coalesce(totals.revenue, 0) as revenue,
        coalesce(totals.quantity, 0) as quantity,
        -- Months before a category's first sale say nothing of its seasons.
        calendar.is_complete and calendar.sale_month >= categories.first_month as is_history
    from calendar
    inner join categories using (source_system, currency)
    left join totals using (source_system, currency, category, sale_month)

),

averaged as (

    select
        filled.*,
        -- The centred moving average over twelve months (2 × 12): two averages of twelve months, half a month to
        -- either side, so that each month of the year weighs the same.
        case
            when count(case when is_history then 1 end) over thirteen_months = 13
                then (sum(revenue) over first_twelve + sum(revenue) over last_twelve) / 24
        end as moving_average
    from filled
    window
        thirteen_months as (
            partition by source_system, currency, category
            order by sale_month rows between 6 preceding and 6 following
        ),
        first_twelve as (
            partition by source_system, currency, category
            order by sale_month rows between 6 preceding and 5 following
        ),
        last_twelve as (
            partition by source_system, currency, category
            order by sale_month rows between 5 preceding and 6 following
        )

),

final as (

    select
        source_system,
        currency,
        category,
        sale_month,
        quarter_start,
        month_of_year,
        season,
        season_year,
        is_complete,
        is_history,
        revenue,
        quantity,
        round(moving_average, 4) as moving_average,
        round(revenue / case when moving_average > 0 then moving_average end, 6) as seasonal_ratio
    from averaged

)

select * from final
