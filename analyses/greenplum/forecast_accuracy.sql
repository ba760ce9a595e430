with errors as (

    select
        forecast_errors.*,
        round(100 * weighted_absolute_percentage_error, 1) as wape
    from {{ ref("forecast_errors") }} as forecast_errors

)

select
    source_system,
    currency,
    category,
    max(origins) as origins,
    max(months) as months,
    max(case when is_used then method end) as used_method,
    max(case when is_used then mean_absolute_error end) as mae,
    max(case when method = 'seasonal_trend' then wape end) as seasonal_trend_percent,
    max(case when method = 'poisson' then wape end) as poisson_percent,
    max(case when method = 'mean_of_both' then wape end) as mean_of_both_percent,
    max(case when method = 'naive' then wape end) as naive_percent,
    max(case when method = 'seasonal_naive' then wape end) as seasonal_naive_percent
from errors
where {{ asked_for(category="category") }}
group by
    source_system,
    currency,
    category
order by
    source_system,
    currency,
    category
