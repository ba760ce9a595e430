-- Grain: one row for each product of which an acceptable line speaks: one of its own, or one of a sale.

{{ config(
    incremental_strategy="upsert",
    unique_key="product_key",
    indexes=[
        {"columns": ["source_system", "_told_load_id"]},
        {"columns": ["source_system", "_named_load_id"]},
        {"columns": ["_told_load_id"]},
        {"columns": ["_named_load_id"]},
    ],
    post_hook="delete from {{ this }} where _told_load_id is null and _named_load_id is null",
) }}

{% call(incremental) incremental_model(reads=staging_models("products") + staging_models("sale_lines")) %}
{{ dimension_members("product", incremental) }}
{% endcall %}
