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

first_purchases as (

    select
        source_system,
        customer_key,
        min(sale_month) as cohort_month
    from purchases
    group by
        source_system,
        customer_key

),

cohort_sizes as (

    select
        source_system,
        cohort_month,
        count(*) as cohort_customers
    from first_purchases
    group by
        source_system,
        cohort_month

),

activity as (

    select
        purchases.source_system,
        first_purchases.cohort_month,
        purchases.sale_month,
        count(*) as active_customers,
        sum(purchases.revenue) as revenue
    from purchases
    inner join first_purchases
        on purchases.source_system = first_purchases.source_system
        and purchases.customer_key = first_purchases.customer_key
    group by
        purchases.source_system,
        first_purchases.cohort_month,
        purchases.sale_month

),

final as (

    select
        activity.source_system,
        activity.cohort_month,
        activity.sale_month,
        (
            12 * (extract(year from activity.sale_month) - extract(year from activity.cohort_month))
            + extract(month from activity.sale_month) - extract(month from activity.cohort_month)
        )::integer as months_since_first,
        cohort_sizes.cohort_customers,
        activity.active_customers,
        round(activity.active_customers::numeric / cohort_sizes.cohort_customers, 4) as retention,
        activity.revenue
    from activity
    inner join cohort_sizes
        on activity.source_system = cohort_sizes.source_system
        and activity.cohort_month = cohort_sizes.cohort_month

)

select * from final
