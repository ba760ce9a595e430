-- Grain: one row for each product and period of days in which its attributes stayed the same.

{{ config(materialized="view") }}

{{ dimension_periods(
    ref("products_history"),
    "product_key",
    ["product_id", "product_name", "category", "supplier", "list_price"],
) }}
