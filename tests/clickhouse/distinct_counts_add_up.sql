-- Orders and customers of a month, put together from the states of its days, are those counted in hot_sales; of months
-- that were refreshed in the last days. Fails with each source system, currency, category and month that differs.

{{ config(meta={"speaks_of": "summary_sales"}) }}

with months as (

    select
        toStartOfMonth(sale_date) as month_start,
        source_system,
        currency,
        category,
        {{ distinct_counts() }}
    from {{ ref("hot_sales") }} as hot_sales
    where {{ is_recent() }}
    group by
        month_start,
        source_system,
        currency,
        category

),

added_up as (

    select
        month_start,
        source_system,
        currency,
        category,
        uniqExactMerge(orders_state) as orders,
        uniqExactMerge(customers_state) as customers
    from {{ ref("summary_sales") }}
    where {{ is_recent() }}
    group by
        month_start,
        source_system,
        currency,
        category

)

select * from months
except
select * from added_up
