with quarters as (

    select
        source_system,
        currency,
        quarter_start,
        bool_and(is_complete) as is_complete,
        sum(revenue) as revenue,
        sum(previous_quarter_revenue) as previous_quarter_revenue,
        sum(last_year_revenue) as last_year_revenue
    from {{ ref("category_quarters") }}
    where {{ asked_for(day="quarter_start", category="category") }}
    group by
        source_system,
        currency,
        quarter_start

)

select
    source_system,
    currency,
    to_char(quarter_start, 'YYYY "Q"Q') as quarter,
    case when is_complete then 'yes' else 'no' end as complete,
    revenue,
    100 * {{ growth("revenue", "previous_quarter_revenue") }} as growth_on_quarter_percent,
    100 * {{ growth("revenue", "last_year_revenue") }} as growth_on_year_percent
from quarters
order by
    source_system,
    currency,
    quarter_start
