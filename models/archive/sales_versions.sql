-- Grain: one row for each version of an archived sale line, with the period in which it was what the archive knew.

{{ config(materialized="view") }}

select
    sales.*,
    sales.archived_at as known_from,
    coalesce(superseded.superseded_at, 'infinity'::timestamptz) as known_to
from {{ ref("historical_sales") }} as sales
-- Noted twice if the later version landed twice, in the days when that was not refused.
left join (select distinct * from {{ ref("superseded_sales") }}) as superseded
    on sales.buyer_key = superseded.buyer_key
    and sales.sale_month = superseded.sale_month
    and sales.sale_key = superseded.sale_key
    and sales.version = superseded.version
