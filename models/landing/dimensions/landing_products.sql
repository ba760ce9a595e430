-- Grain: one row for each product, as it is now.

select * from {{ ref("dim_product") }}
