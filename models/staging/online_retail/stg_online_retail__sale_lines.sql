-- Grain: one row for each line of the invoice files, good or bad.

-- Stock counts, damages and bad debt are adjustments: no customer bought or gave back anything.
{%- set line_type -%}
    case
            when clean_sale_id like 'C%' then 'return'
            when clean_sale_id like 'A%' or quantity_integer < 0 then 'adjustment'
            else 'sale'
        end
{%- endset %}

{{ stage_sale_lines("online_retail", "online_retail", parts={
    "order_id": "invoice_no",
    "sold_at": "invoice_date",
    "product_id": "stock_code",
    "customer_id": "customer_id",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "country": "country",
}, line_type=line_type, without=["unit_price negative"]) }}
