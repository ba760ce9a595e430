-- Grain: one row for each currency, age group and gender with sales.

{{ config(order_by="(currency, age_group, gender)") }}

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

groups as (

    select
        currency,
        -- Not that of summary_customers, as somebody grows older from one sale to the next.
        age_group,
        gender,
        {{ sales_measures() }},
        {{ distinct_counts() }}
    from hot_sales
    group by
        currency,
        age_group,
        gender

),

final as (

    select
        *,
        {{ average_basket() }} as average_basket
    from groups

)

select * from final
