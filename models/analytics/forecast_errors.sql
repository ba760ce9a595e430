-- Grain: one row for each source system, currency, category and method of forecasting, over all months of the backtest.

{{ config(distributed_by="category") }}

with backtest as (

    select * from {{ ref("category_forecasts") }}
    where
        not is_latest
        and forecast_revenue is not null

),

by_method as (

    {%- for method in ("forecast", "naive", "seasonal_naive") %}
    select
        source_system,
        currency,
        category,
        origin_month,
        '{{ method }}'::text as method,
        actual_revenue,
        {{ method }}_revenue - actual_revenue as error
    from backtest
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

final as (

    select
        source_system,
        currency,
        category,
        method,
        count(distinct origin_month)::integer as origins,
        count(*)::integer as months,
        round(avg(abs(error)), 2) as mean_absolute_error,
        round(sum(abs(error)) / nullif(sum(abs(actual_revenue)), 0), 4) as weighted_absolute_percentage_error,
        -- A month without revenue has no percentage of it.
        round(avg(abs(error) / nullif(abs(actual_revenue), 0)), 4) as mean_absolute_percentage_error,
        round(sum(error) / nullif(sum(abs(actual_revenue)), 0), 4) as bias
    from by_method
    group by
        source_system,
        currency,
        category,
        method

)

select * from final
