-- Grain: one row for each anomaly of a series of daily revenue: a source system, currency and category.

{{ config(order_by="(source_system, currency, category, since)") }}

with daily_revenue as (

    select
        source_system,
        currency,
        category,
        sale_date,
        -- Statistics are estimates: floats will do, and the series functions want them.
        toFloat64(net_revenue) as revenue
    from {{ ref("daily_revenue") }}

),

-- A series ends with the last day of its source system: a category that sells no more has missing days.
bounds as (

    select
        source_system,
        currency,
        category,
        min(sale_date) as first_day,
        max(max(sale_date)) over (partition by source_system, currency) as last_day
    from daily_revenue
    group by
        source_system,
        currency,
        category

),

calendar as (

    select
        source_system,
        currency,
        category,
        arrayJoin(arrayMap(day -> first_day + day, range(toUInt32(last_day - first_day) + 1))) as sale_date
    from bounds

),

all_days as (

    select
        source_system,
        currency,
        category,
        sale_date,
        sum(days.revenue) as revenue,
        max(days.has_sales) as has_sales
    from (
        select
            *,
            1 as has_sales
        from daily_revenue
        union all
        select
            *,
            0 as revenue,
            0 as has_sales
        from calendar
    ) as days
    group by
        source_system,
        currency,
        category,
        sale_date

),

-- What a day should bring is the median of the same weekday in the four weeks before and after, which one odd day does
-- not move.
expectations as (

    select
        *,
        medianExact(revenue) over nine_weeks as expected,
        avg(has_sales) over weekdays >= 0.5 as is_open
    from all_days
    window
        weekdays as (partition by source_system, currency, category, toDayOfWeek(sale_date)),
        nine_weeks as (
            partition by source_system, currency, category, toDayOfWeek(sale_date)
            order by sale_date
            rows between 4 preceding and 4 following
        )

),

-- A series that is short or sells only now and then has no days of which one could say that they are odd.
series as (

    select
        source_system,
        currency,
        category,
        arraySort(groupArray((sale_date, revenue, expected, has_sales, is_open))) as days
    from expectations
    group by
        source_system,
        currency,
        category
    having
        count() >= 56
        and avgIf(has_sales, is_open) >= 0.95

),

scored as (

    select
        source_system,
        currency,
        category,
        days,
        -- Of square roots: the spread of what many buy grows with the root of it, and a busy season would be full of
        -- outliers that are none.
        seriesOutliersDetectTukey(
            arrayMap(day -> if(day.4 = 1, sqrt(greatest(day.2, 0)) - sqrt(greatest(day.3, 0)), 0), days),
            0.25, 0.75, {{ var("anomaly_fence") }}
        ) as scores,
        arrayMap((day, score) -> if(score = 0 and day.4 = 1, day.2, day.3), days, scores) as cleaned,
        seriesDecomposeSTL(cleaned, 7) as components
    from series

),

scored_days as (

    select
        source_system,
        currency,
        category,
        day.1 as sale_date,
        day.2 as revenue,
        day.3 as expected,
        day.4 as has_sales,
        day.5 as is_open,
        score,
        cleaned_revenue - seasonal as level,
        residual
    from scored
    array join
        days as day,
        scores as score,
        cleaned as cleaned_revenue,
        components[1] as seasonal,
        components[3] as residual

),

outliers as (

    select
        source_system,
        currency,
        category,
        'outlier' as kind,
        sale_date as since,
        toNullable(sale_date) as until,
        1 as days,
        expected,
        revenue as actual
    from scored_days
    where
        has_sales = 1
        and score != 0

),

-- Days on which there should have been sales, numbered: missing ones that follow each other have the same difference
-- between their number among these days and among the missing ones.
open_days as (

    select
        *,
        row_number() over (partition by source_system, currency, category order by sale_date) as number,
        row_number() over (partition by source_system, currency, category, has_sales order by sale_date) as own_number
    from scored_days
    where is_open

),

missing_days as (

    select
        source_system,
        currency,
        category,
        'missing days' as kind,
        min(sale_date) as since,
        toNullable(max(sale_date)) as until,
        count() as days,
        sum(open_days.expected) as expected,
        sum(open_days.revenue) as actual
    from open_days
    where has_sales = 0
    group by
        source_system,
        currency,
        category,
        number - own_number

),

levels as (

    select
        source_system,
        currency,
        category,
        sale_date,
        avg(level) over (whole_series rows between 28 preceding and 1 preceding) as level_before,
        avg(level) over (whole_series rows between current row and 27 following) as level_after,
        count() over (whole_series rows between 28 preceding and 1 preceding) as days_before,
        count() over (whole_series rows between current row and 27 following) as days_after,
        -- The usual spread of a day around its level.
        1.4826 * medianExact(abs(residual)) over (partition by source_system, currency, category) as spread
    from scored_days
    window whole_series as (partition by source_system, currency, category order by sale_date)

),

shifts as (

    select
        *,
        abs(level_after - level_before) as shift,
        max(shift) over (
            partition by source_system, currency, category
            order by sale_date
            rows between 28 preceding and 28 following
        ) as greatest_shift
    from levels
    where
        days_before = 28
        and days_after = 28

),

level_shifts as (

    select
        source_system,
        currency,
        category,
        'level shift' as kind,
        sale_date as since,
        -- It lasts.
        if(true, null, sale_date) as until,
        28 as days,
        level_before as expected,
        level_after as actual
    from shifts
    where
        shift = greatest_shift
        and shift >= {{ var("anomaly_level_shift") }} * abs(level_before)
        and shift >= spread

),

anomalies as (

    select * from outliers
    union all
    select * from missing_days
    union all
    select * from level_shifts

),

final as (

    select
        source_system,
        currency,
        category,
        toLowCardinality(kind) as kind,
        since,
        until,
        toUInt32(days) as days,
        toDecimal64(round(anomalies.expected, 2), 2) as expected,
        toDecimal64(round(anomalies.actual, 2), 2) as actual,
        actual - expected as difference,
        if(expected = 0, null, toDecimal64(100 * difference / expected, 1)) as difference_percent
    from anomalies

)

select * from final
