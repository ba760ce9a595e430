-- Grain: one row for each customer with sales, in each currency.

{{ config(
    materialized=incremental_table(),
    incremental_strategy="insert_overwrite",
    order_by="(source_system, currency, customer_key)",
    partition_by="tuple()",
    sharding_key="cityHash64(customer_key)",
    pre_hook="{{ drop_leftovers() }}",
    post_hook="{{ empty_without_sales() }}",
) }}

{% call(is_read, made_of) of_all_months() %}
with hot_sales as (

    select * from {{ ref("hot_sales") }}
    where {{ is_read }}

),

customers as (

    select
        customer_key,
        any(hot_sales.source_system) as source_system,
        any(hot_sales.currency) as currency,
        argMax(hot_sales.age_group, hot_sales.sale_date) as age_group,
        any(hot_sales.gender) as gender,
        any(hot_sales.city) as city,
        any(hot_sales.customer_region) as region,
        {{ sales_measures() }},
        uniqExactIf({{ order_hash() }}, hot_sales.line_type = 'sale') as orders,
        min(hot_sales.sale_date) as first_sale_date,
        max(hot_sales.sale_date) as last_sale_date,
        minOrNullIf(hot_sales.sale_date, hot_sales.line_type = 'sale') as first_purchase_date,
        maxOrNullIf(hot_sales.sale_date, hot_sales.line_type = 'sale') as last_purchase_date
    from hot_sales
    group by
        customer_key,
        -- Numbers of one width are grouped twice as fast as strings.
        sipHash64(hot_sales.source_system, hot_sales.currency)

),

buyers as (

    select
        *,
        orders > 0 and customer_key != toUUID('{{ var("unknown_key") }}') as is_buyer
    from customers

),

-- Customers who bought, against each other.
scores as (

    select
        *,
        if(is_buyer, {{ fifth("last_purchase_date") }}, 0) as recency_score,
        if(is_buyer, {{ fifth("orders") }}, 0) as frequency_score,
        if(is_buyer, {{ fifth("net_revenue") }}, 0) as monetary_score
    from buyers

),

final as (

    select
        * except (is_buyer),
        {{ average_basket() }} as average_basket,
        toLowCardinality(multiIf(
            not is_buyer, 'No segment',
            recency_score >= 4 and frequency_score >= 4 and monetary_score >= 4, 'Champion',
            recency_score >= 3 and frequency_score >= 3, 'Loyal',
            recency_score >= 4, 'Recent',
            recency_score = 3, 'Promising',
            frequency_score >= 4 or monetary_score >= 4, 'At risk',
            recency_score = 2, 'Fading',
            'Lost'
        )) as segment,
        {{ made_of }}
    from scores

)

select * from final
{% endcall %}
