-- Grain: one row for each currency, age group and gender with sales.

{{ config(order_by="(currency, age_group, gender)") }}

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

-- Not those of summary_customers, as somebody grows older from one sale to the next.
buyers as (

    select
        currency,
        customer_key,
        age_group,
        gender,
        {{ sales_measures() }},
        uniqExactIf({{ order_hash() }}, hot_sales.line_type = 'sale') as orders
    from hot_sales
    group by
        currency,
        customer_key,
        age_group,
        gender

),

groups as (

    select
        currency,
        age_group,
        gender,
        {{ added_measures("buyers") }},
        sum(buyers.orders) as orders,
        countIf(buyers.orders > 0 and buyers.customer_key != toUUID('{{ var("unknown_key") }}')) as customers
    from buyers
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
