-- Grain: one row for each month and each time that it entered the archive.
-- Written after the sales are in: a month is taken for archived only once it is.
-- depends_on: {{ ref("historical_sales") }}

{{ config(distributed_by="sale_month") }}

select
    sale_month,
    count(*) as sale_lines,
    sum(quantity) as quantity,
    sum(amount) as amount,
    max(_load_id) as last_load_id,
    now() as archived_at
from {{ ref("landing_sales") }}
group by sale_month
