-- Grain: one row for each customer that a source system has told of, one for each that only sales name, and one for the
-- unknown customer.

{{ config(
    incremental_strategy="dimension",
    unique_key="customer_key",
    indexes=[{"columns": ["source_system", "customer_id"]}, {"columns": ["source_system", "_load_id"]}, {"columns": ["_load_id"]}],
) }}

{% call(incremental) incremental_model(
    reads=staging_models("customers") + [ref("customer_members")],
    seeds=[ref("regions")],
) %}
with latest as (

    {{ latest_lines("customers", "customer_id", incremental) }}

),

regions as (

    select * from {{ ref("regions") }}

),

told as (

    select
        {{ surrogate_key("latest.source_system", "latest.customer_id") }} as customer_key,
        latest.source_system,
        latest.customer_id,
        latest.age,
        latest.birthday,
        {{ age_group("latest.age") }} as age_group,
        latest.gender,
        latest.city,
        coalesce(regions.region, 'Unknown') as region,
        coalesce(nullif(latest.country, 'Unknown'), regions.country, 'Unknown') as country,
        latest.registration_date,
        date_trunc('month', latest.registration_date)::date as registration_month,
        false as is_inferred,
        latest._load_id
    from latest
    left join regions on latest.city = regions.city

),

untold as (

    {{ untold_members("customer") }}

),

unknown as (

    select
        customer_key,
        source_system,
        customer_id,
        null::integer as age,
        null::date as birthday,
        'Unknown' as age_group,
        'Unknown' as gender,
        'Unknown' as city,
        'Unknown' as region,
        'Unknown' as country,
        null::date as registration_date,
        null::date as registration_month,
        is_inferred,
        null::bigint as _load_id
    from untold

),

final as (

    select * from told
    union all
    select * from unknown

)

select * from final
{% endcall %}
