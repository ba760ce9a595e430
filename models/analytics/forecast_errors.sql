-- Grain: one row for each source system, currency, category and method of forecasting, over all months of the backtest.

{{ config(distributed_by="category") }}

{#- The simpler before the others, and first of all the one that is used where nothing speaks for another. -#}
{% set methods = ["seasonal_trend", "naive", "seasonal_naive", "poisson", "mean_of_both"] %}

with backtest as (

    select
        category_forecasts.*,
        forecast_revenue - actual_revenue as error,
        count(*) over (partition by source_system, currency, category, origin_month, sale_month) as methods
    from {{ ref("category_forecasts") }} as category_forecasts
    where
        not is_latest
        and forecast_revenue is not null

),

compared as (

    -- The months of which every method says something that ever does: all are measured on the same.
    select
        backtest.*,
        max(methods) over (partition by source_system, currency, category) as all_methods
    from backtest

),

measured as (

    select
        source_system,
        currency,
        category,
        method,
        count(distinct origin_month)::integer as origins,
        count(*)::integer as months,
        sum(abs(error)) as absolute_error,
        sum(error) as error,
        sum(abs(actual_revenue)) as absolute_revenue,
        -- A month without revenue has no percentage of it.
        avg(abs(error) / nullif(abs(actual_revenue), 0)) as mean_absolute_percentage_error
    from compared
    where methods = all_methods
    group by
        source_system,
        currency,
        category,
        method

),

ranked as (

    select
        measured.*,
        row_number() over (
            partition by source_system, currency, category
            -- With less than a full record, and by less than the advantage, another method is better by chance.
            order by
                case
                    when origins < {{ var("backtest_origins") }} then 0
                    when method = 'seasonal_trend' then absolute_error * (1 - {{ var("forecast_advantage") }})
                    else absolute_error
                end,
                case method
                    {%- for method in methods %}
                    when '{{ method }}' then {{ loop.index }}
                    {%- endfor %}
                end
        ) as place
    from measured

),

final as (

    select
        source_system,
        currency,
        category,
        method,
        origins,
        months,
        round(absolute_error / months, 2) as mean_absolute_error,
        round(absolute_error / nullif(absolute_revenue, 0), 4) as weighted_absolute_percentage_error,
        round(mean_absolute_percentage_error, 4) as mean_absolute_percentage_error,
        round(error / nullif(absolute_revenue, 0), 4) as bias,
        place = 1 as is_used
    from ranked

)

select * from final
