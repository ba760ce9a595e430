-- Grain: one row for each currency, age group and gender with sales.

{{ config(order_by="(currency, age_group, gender)") }}

with summary_customers as (

    select * from {{ ref("summary_customers") }}

),

groups as (

    select
        currency,
        age_group,
        gender,
        {{ added_measures("summary_customers") }},
        sum(summary_customers.orders) as orders,
        countIf(summary_customers.customer_key != toUUID('{{ var("unknown_key") }}')) as customers
    from summary_customers
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
