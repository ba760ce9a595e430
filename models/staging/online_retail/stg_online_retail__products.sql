-- Grain: one row for each stock code in each load. The export has no product list, so the invoices are it.

-- A product's code starts with five digits; the rest are postage, fees, samples and vouchers.
{%- set category = "case when product_id ~ '^[0-9]{5}' then 'Gifts' else 'Charges And Vouchers' end" %}

-- Notes such as `damaged?` are written in lower case over a product's name, which is in capitals.
{%- set precedence = "case when product_name <> 'Unknown' and product_name = upper(product_name) then 1 else 0 end" %}

{{ stage_products_of_sales("online_retail", "online_retail", parts={
    "product_id": "stock_code",
    "product_name": "description",
}, category=category, precedence=precedence) }}
