-- Grain: one row for each product that a source system has told of, one for each that only sales name, and one for the
-- unknown product.

{{ config(
    incremental_strategy="dimension",
    unique_key="product_key",
    indexes=[{"columns": ["source_system", "product_id"]}, {"columns": ["source_system", "_load_id"]}, {"columns": ["_load_id"]}],
) }}

{% call(incremental) incremental_model(reads=staging_models("products") + [ref("product_members")]) %}
with latest as (

    {{ latest_lines("products", "product_id", incremental, order_by=["_precedence"]) }}

),

told as (

    select
        {{ surrogate_key("source_system", "product_id") }} as product_key,
        source_system,
        product_id,
        product_name,
        category,
        supplier,
        list_price,
        false as is_inferred,
        _load_id
    from latest

),

untold as (

    {{ untold_members("product") }}

),

unknown as (

    select
        product_key,
        source_system,
        product_id,
        'Unknown' as product_name,
        'Unknown' as category,
        'Unknown' as supplier,
        null::numeric(18, 4) as list_price,
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
