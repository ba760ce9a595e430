-- Grain: one row for each customer of a source system, and one for the unknown customer.

with customers as (

    select * from {{ ref("stg_customers") }}
    where is_current

),

known as (

    select
        {{ surrogate_key("source_system", "customer_id") }} as customer_key,
        source_system,
        customer_id,
        age,
        {{ age_group("age") }} as age_group,
        gender,
        city,
        country,
        registration_date,
        date_trunc('month', registration_date)::date as registration_month
    from customers

),

unknown as (

    select
        '{{ var("unknown_key") }}'::uuid as customer_key,
        'unknown'::text as source_system,
        'Unknown'::text as customer_id,
        null::integer as age,
        'Unknown'::text as age_group,
        'Unknown'::text as gender,
        'Unknown'::text as city,
        'Unknown'::text as country,
        null::date as registration_date,
        null::date as registration_month

),

final as (

    select * from known
    union all
    select * from unknown

)

select * from final
