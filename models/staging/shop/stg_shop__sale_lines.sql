-- Grain: one row for each line of the sales files, good or bad.

-- Where no currency is told it is the shop's own: the sign of another one beside a price is a mistake.

{{ stage_sale_lines("shop", "sales_data", parts={
    "sale_id": "sale_id",
    "sold_at": "sold_at",
    "product_id": "product_id",
    "customer_id": "customer_id",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "discount": "discount",
    "cost": "cost",
    "store_id": "store_id",
    "currency": "coalesce(nullif(currency, ''), " ~ source_currency("shop") ~ ")",
}) }}
