-- Grain: one row for each source system, currency, kind of period, period of first purchase and period since.

with by_month as (

    select * from {{ ref("customer_cohorts") }}

),

by_quarter as (

    select * from {{ ref("customer_cohorts_by_quarter") }}

),

final as (

    select
        source_system,
        currency,
        'Month'::text as period,
        cohort_month as first_purchase,
        sale_month as period_start,
        months_since_first as periods_since_first,
        cohort_customers,
        active_customers,
        retention,
        gross_revenue,
        is_complete
    from by_month
    union all
    select
        source_system,
        currency,
        'Quarter'::text as period,
        cohort_quarter as first_purchase,
        sale_quarter as period_start,
        quarters_since_first as periods_since_first,
        cohort_customers,
        active_customers,
        retention,
        gross_revenue,
        is_complete
    from by_quarter

)

select * from final
