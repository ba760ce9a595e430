-- Grain: one row for each source system, currency, category and month that a forecast starts from: the last complete
-- month, and for the backtest the months before it.

{{ config(distributed_by="category") }}

with history as (

    select * from {{ ref("category_months") }}
    where is_history

),

numbered as (

    select
        source_system,
        currency,
        category,
        sale_month as origin_month,
        row_number() over (partition by source_system, currency, category order by sale_month) as history_months,
        row_number() over (partition by source_system, currency, category order by sale_month desc) - 1 as months_since
    from history

),

final as (

    select
        source_system,
        currency,
        category,
        origin_month,
        history_months::integer as history_months,
        (origin_month - {{ var("forecast_training_months") }} * interval '1 month')::date as training_after,
        least(history_months, {{ var("forecast_training_months") }})::integer as training_months,
        months_since::integer as months_since,
        months_since = 0 as is_latest,
        history_months >= {{ var("forecast_minimum_months") }} as is_long_enough
    from numbered
    where months_since <= {{ var("backtest_origins") }}

)

select * from final
