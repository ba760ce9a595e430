-- Grain: one row for each customer, as it is now.

select * from {{ ref("dim_customer") }}
