-- Grain: one row for each month and each time that it entered the archive.
-- Written after the sales are in: a month is taken for archived only once it is.
-- depends_on: {{ ref("historical_sales") }}

{{ config(distributed_by="sale_month") }}

select
    landing_months.*,
    now() as archived_at
from {{ ref("landing_months") }} as landing_months
