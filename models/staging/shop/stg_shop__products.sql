-- Grain: one row for each line of the product files.

{{ stage_products("shop", "product_data", parts={
    "product_id": "product_id",
    "product_name": "name",
    "category": "category",
    "supplier": "supplier",
    "list_price": "price",
}) }}
