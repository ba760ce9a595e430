-- The product and the customer that a sale names are archived, too. Fails with each sale of which one is not.

{{ config(meta={"speaks_of": "current_sales"}) }}

with sales as (

    select * from {{ ref("current_sales") }}
    where {{ is_unchecked_month() }}

)

select
    sales.sale_key,
    sales.product_key,
    sales.customer_key
from sales
left join {{ ref("current_products") }} as products on sales.product_key = products.product_key
left join {{ ref("current_customers") }} as customers on sales.customer_key = customers.customer_key
where
    products.product_key is null
    or customers.customer_key is null
