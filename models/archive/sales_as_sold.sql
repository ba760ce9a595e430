-- Grain: one row for each archived sale line, with its product and customer as they were on the day of the sale.

{{ config(materialized="view") }}

select
    sales.sale_key,
    sales.sale_date,
    sales.sale_month,
    sales.source_system,
    sales.sale_id,
    sales.order_id,
    sales.line_type,
    sales.sold_at,
    sales.product_key,
    sales.customer_key,
    sales.buyer_key,
    {{ select_attributes("sales") }}
    sales.quantity,
    sales.unit_price,
    sales.amount,
    {{ gross_amount("sales") }} as gross_amount,
    {{ margin("sales") }} as margin,
    sales.reporting_rate,
    {{ amount_reporting("sales") }} as amount_reporting,
    products.product_name,
    products.category,
    products.supplier,
    products.list_price,
    -- A sale without a known customer is a buyer of its own, of whom nothing is known.
    coalesce({{ age_group_on("sales.sale_date", "customers") }}, 'Unknown') as age_group,
    coalesce(customers.gender, 'Unknown') as gender,
    coalesce(customers.city, 'Unknown') as city
from {{ ref("current_sales") }} as sales
left join {{ ref("product_periods") }} as products
    on sales.product_key = products.product_key
    and sales.sale_date >= products.valid_from
    and sales.sale_date < products.valid_to
left join {{ ref("customer_periods") }} as customers
    on sales.buyer_key = customers.customer_key
    and sales.sale_date >= customers.valid_from
    and sales.sale_date < customers.valid_to
