-- Grain: one row for each version of an archived product. Rows are only ever added.

{{ config(distributed_by="product_key") }}

{{ append_versions(
    landing=ref("landing_products"),
    key="product_key",
    columns=[
        "product_key", "source_system", "product_id", "product_name", "category", "supplier", "list_price",
    ],
) }}
