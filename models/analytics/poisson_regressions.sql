-- Grain: one row for each source system, currency, category, origin month and month of the year.
-- Revenue = days of the month × level of the month of the year × growth ^ months: see the README beside this file.

{{ config(distributed_by="category") }}

{#- No more than four times as much, or a quarter, in a year: ln(4) / 12. -#}
{% set steepest = "0.115524530093" %}
{#- Five give all digits of any slope that is not at this bound. -#}
{% set steps = 6 %}

with origins as (

    select * from {{ ref("forecast_origins") }}
    where is_long_enough

),

category_months as (

    select * from {{ ref("category_months") }}
    where is_history

),

training as (

    select
        source_system,
        currency,
        category,
        origins.origin_month,
        category_months.month_of_year,
        -{{ months_between("category_months.sale_month", "origins.origin_month") }} as months_after_origin,
        {{ days_of_month("category_months.sale_month") }} as days,
        -- A month in which more came back than was sold: the regression knows nothing below zero.
        greatest(category_months.revenue, 0) as revenue
    from origins
    inner join category_months using (source_system, currency, category)
    where
        category_months.sale_month <= origins.origin_month
        and category_months.sale_month > origins.training_after

),

slopes_0 as (

    select
        source_system,
        currency,
        category,
        origin_month,
        0::numeric as slope
    from origins

),

{% for step in range(steps) -%}
slopes_{{ step + 1 }} as (

    {{ newton_step("training", "slopes_" ~ step, steepest) }}

),

{% endfor -%}

levels as (

    select
        source_system,
        currency,
        category,
        origin_month,
        training.month_of_year,
        slopes.slope,
        sum(training.revenue) / sum({{ exposure() }}) as daily_revenue
    from training
    inner join slopes_{{ steps }} as slopes using (source_system, currency, category, origin_month)
    where slopes.slope is not null
    group by
        source_system,
        currency,
        category,
        origin_month,
        month_of_year,
        slope

),

final as (

    select
        source_system,
        currency,
        category,
        origin_month,
        origins.is_latest,
        levels.month_of_year,
        round(levels.daily_revenue, 6) as daily_revenue,
        levels.slope as log_growth,
        round(exp(12 * levels.slope) - 1, 4) as yearly_growth
    from levels
    inner join origins using (source_system, currency, category, origin_month)

)

select * from final
