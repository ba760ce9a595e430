-- Grain: one row for each line of the sales files, good or bad.

{{ stage_sale_lines("shop", "sales_data", parts={
    "sale_id": "sale_id",
    "sold_at": "sold_at",
    "product_id": "product_id",
    "customer_id": "customer_id",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "discount": "discount",
    "cost": "cost",
}) }}
