-- Grain: one row for each store or channel, as it is now.

select * from {{ ref("dim_store") }}
