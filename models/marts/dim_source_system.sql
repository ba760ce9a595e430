-- Grain: one row for each source system, and one for that of the unknown members.

{{ config(incremental_strategy="upsert", unique_key="source_system") }}

{% call(incremental) incremental_model() %}
with source_systems as (

    select * from {{ ref("source_systems") }}

),

known as (

    select
        source_system,
        coalesce(description, source_system) as description,
        currency,
        time_zone
    from source_systems

),

unknown as (

    select
        'unknown'::text as source_system,
        'The system of the unknown members'::text as description,
        'Unknown'::text as currency,
        'UTC'::text as time_zone

),

final as (

    select * from known
    union all
    select * from unknown

)

select * from final
{% endcall %}
