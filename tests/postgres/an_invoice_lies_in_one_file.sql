-- The lines of an Online Retail invoice are numbered within their file, so an invoice in two files would have its
-- lines take each other's place. Fails with each such invoice.

{{ config(enabled="online_retail" in active_source_systems()) }}

{% set first_load = first_load_to_check() %}
select
    lines.sale_id,
    min(lines._source_file) as one_file,
    max(lines._source_file) as another_file
from {{ ref("stg_online_retail__sale_lines") }} as recent
inner join {{ ref("stg_online_retail__sale_lines") }} as lines on recent.sale_id = lines.sale_id
where recent._load_id >= {{ first_load }}
group by lines.sale_id
having min(lines._source_file) <> max(lines._source_file)
