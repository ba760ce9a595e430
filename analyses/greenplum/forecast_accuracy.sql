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
    max(case when method = 'forecast' then mean_absolute_error end) as mae,
    max(case when method = 'naive' then mean_absolute_error end) as naive_mae,
    max(case when method = 'seasonal_naive' then mean_absolute_error end) as seasonal_naive_mae,
    max(case when method = 'forecast' then wape end) as wape_percent,
    max(case when method = 'naive' then wape end) as naive_wape_percent,
    max(case when method = 'seasonal_naive' then wape end) as seasonal_naive_wape_percent
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
