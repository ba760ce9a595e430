-- Each of the seven newest days that are over has about as many sales, and as much revenue, as the same weekday of the
-- eight weeks before. Fails with each source system, day and measure that is far off: at a third of the median or
-- less, or further from it than half of it and than four standard deviations.

-- Reads nine weeks of facts by the index on their day, however many years there are.

{{ config(meta={"speaks_of": "fct_sales"}) }}

{%- set newest_day = "(select max(sale_date) from " ~ ref("fct_sales") ~ " where sale_date < current_date)" %}

with daily as (

    select
        source_system,
        sale_date,
        count(*) as sales,
        sum(amount) as revenue
    from {{ ref("fct_sales") }}
    where
        line_type = 'sale'
        and sale_date between {{ newest_day }} - 62 and {{ newest_day }}
    group by
        source_system,
        sale_date

),

systems as (

    select distinct source_system from daily

),

days as (

    -- A day without any sale is a day, too.
    select
        systems.source_system,
        calendar.date_day,
        calendar.weekday_name,
        calendar.is_holiday,
        calendar.date_day > {{ newest_day }} - 7 as is_recent,
        coalesce(daily.sales, 0) as sales,
        coalesce(daily.revenue, 0) as revenue
    from systems
    cross join {{ ref("dim_date") }} as calendar
    left join daily
        on systems.source_system = daily.source_system
        and calendar.date_day = daily.sale_date
    where calendar.date_day between {{ newest_day }} - 62 and {{ newest_day }}

),

medians as (

    select
        source_system,
        weekday_name,
        percentile_disc(0.5) within group (order by sales) as median_sales,
        percentile_disc(0.5) within group (order by revenue) as median_revenue
    from days
    where not is_recent
    group by
        source_system,
        weekday_name
    -- Fewer sales a day differ too much by chance.
    having percentile_disc(0.5) within group (order by sales) >= 10

),

usual as (

    -- 1.4826 times the median absolute deviation is a normal distribution's standard deviation, and unlike that it does
    -- not grow by one odd day.
    select
        medians.*,
        1.4826 * percentile_disc(0.5) within group (order by abs(days.sales - median_sales)) as sales_deviation,
        1.4826 * percentile_disc(0.5) within group (order by abs(days.revenue - median_revenue)) as revenue_deviation
    from medians
    inner join days
        on medians.source_system = days.source_system
        and medians.weekday_name = days.weekday_name
    where not days.is_recent
    group by
        medians.source_system,
        medians.weekday_name,
        medians.median_sales,
        medians.median_revenue

),

recent as (

    select
        days.source_system,
        days.weekday_name,
        days.date_day,
        days.sales,
        days.revenue,
        usual.median_sales,
        usual.median_revenue,
        usual.sales_deviation,
        usual.revenue_deviation
    from days
    inner join usual
        on days.source_system = usual.source_system
        and days.weekday_name = usual.weekday_name
    where
        days.is_recent
        -- A holiday is never as usual.
        and not days.is_holiday

),

measured as (

    select
        source_system,
        weekday_name,
        date_day,
        'sales' as measure,
        sales as found,
        median_sales as median,
        sales_deviation as deviation
    from recent
    union all
    select
        source_system,
        weekday_name,
        date_day,
        'revenue' as measure,
        revenue as found,
        median_revenue as median,
        revenue_deviation as deviation
    from recent

)

select
    measured.*,
    source_system || ': ' || weekday_name || ', ' || date_day || ', has ' || measure || ' of ' || round(found)
    || ' where ' || round(median) || ' is usual' as message
from measured
where
    found <= median / 3
    or abs(found - median) > greatest(median / 2, 4 * deviation)
