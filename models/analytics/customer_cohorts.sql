-- Grain: one row for each source system, month of first purchase (the cohort) and month with purchases since.

{{ config(distributed_by="cohort_month") }}

with purchases as (

    select
        source_system,
        customer_key,
        sale_month,
        sum(amount) as revenue
    from {{ ref("current_sales") }}
    where
        line_type = 'sale'
        and customer_key <> '{{ var("unknown_key") }}'::uuid
    group by
        source_system,
        customer_key,
        sale_month

),

cohorts as (

    select
        purchases.*,
        min(sale_month) over (partition by source_system, customer_key) as cohort_month
    from purchases

),

activity as (

    select
        source_system,
        cohort_month,
        sale_month,
        count(*) as active_customers,
        sum(revenue) as revenue
    from cohorts
    group by
        source_system,
        cohort_month,
        sale_month

),

sized as (

    select
        activity.*,
        -- All of a cohort's customers are active in its first month.
        max(case when sale_month = cohort_month then active_customers end)
            over (partition by source_system, cohort_month) as cohort_customers
    from activity

),

final as (

    select
        source_system,
        cohort_month,
        sale_month,
        (
            12 * (extract(year from sale_month) - extract(year from cohort_month))
            + extract(month from sale_month) - extract(month from cohort_month)
        )::integer as months_since_first,
        cohort_customers,
        active_customers,
        round(active_customers::numeric / cohort_customers, 4) as retention,
        revenue
    from sized

)

select * from final
