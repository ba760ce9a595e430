-- Grain: one row for each store or channel that a source system has told of, one for each that only sales name, and
-- one for the unknown store.

{{ config(
    incremental_strategy="dimension",
    unique_key="store_key",
    indexes=[{"columns": ["source_system", "store_id"]}, {"columns": ["source_system", "_load_id"]}, {"columns": ["_load_id"]}],
) }}

{% call(incremental) incremental_model(
    reads=staging_models("stores") + [ref("store_members")],
    seeds=[ref("regions")],
) %}
with latest as (

    {{ latest_lines("stores", "store_id", incremental) }}

),

regions as (

    select * from {{ ref("regions") }}

),

told as (

    select
        {{ surrogate_key("latest.source_system", "latest.store_id") }} as store_key,
        latest.source_system,
        latest.store_id,
        latest.store_name,
        latest.city,
        coalesce(nullif(latest.region, 'Unknown'), regions.region, 'Unknown') as region,
        coalesce(nullif(latest.country, 'Unknown'), regions.country, 'Unknown') as country,
        latest.opened_on,
        latest.area_m2,
        false as is_inferred,
        latest._load_id
    from latest
    left join regions on latest.city = regions.city

),

untold as (

    {{ untold_members("store") }}

),

unknown as (

    select
        store_key,
        source_system,
        store_id,
        'Unknown' as store_name,
        'Unknown' as city,
        'Unknown' as region,
        'Unknown' as country,
        null::date as opened_on,
        null::numeric(10, 2) as area_m2,
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
