{#- A step of Newton's towards the slope that fits a Poisson regression on the month of the year and a trend, as a query: one
    row for each origin of `slopes`.

    Whatever the slope, the best level of a month of the year is known: its revenue over its days, each weighed by the trend.
    So the slope is all that is looked for. The likelihood has one top, and from a slope of nothing it is neared from below.
    It is held within `steepest`, as of a category whose only sales are new there is no end to it. -#}
{% macro newton_step(training, slopes, steepest) -%}
    select
        source_system,
        currency,
        category,
        origin_month,
        -- greatest() and least() would make a slope of one that is not known.
        case
            when sum(information) > 0
                then round(
                    greatest(least(slope + sum(score) / sum(information), {{ steepest }}), -{{ steepest }}), 12
                )
        end as slope
    from (
        select
            sums.*,
            sum_xy - sum_y * sum_wx / sum_w as score,
            sum_y * (sum_wxx / sum_w - (sum_wx / sum_w) * (sum_wx / sum_w)) as information
        from (
            select
                source_system,
                currency,
                category,
                origin_month,
                slope,
                month_of_year,
                sum(revenue) as sum_y,
                sum(months_after_origin * revenue) as sum_xy,
                sum(weight) as sum_w,
                sum(weight * months_after_origin) as sum_wx,
                sum(weight * months_after_origin * months_after_origin) as sum_wxx
            from (
                select
                    training.*,
                    slopes.slope,
                    {{ exposure() }} as weight
                from {{ training }} as training
                inner join {{ slopes }} as slopes using (source_system, currency, category, origin_month)
            ) as weighed
            group by
                source_system,
                currency,
                category,
                origin_month,
                slope,
                month_of_year
        ) as sums
    ) as months_of_year
    group by
        source_system,
        currency,
        category,
        origin_month,
        slope
{%- endmacro %}


{#- The days of a month, weighed by the trend. The exponential of a decimal takes ten times as long as that of a float, which
    becomes a decimal of 15 digits, so that the sums do not differ with the order of the rows. -#}
{% macro exposure() -%}
    training.days * exp((slopes.slope * training.months_after_origin)::double precision)::numeric
{%- endmacro %}
