-- Grain: one row for each load that is in the raw tables.
-- Lateral, so that the account of one load or file costs no more than its own lines.

with loads as (

    select * from {{ source("ingestion", "_loads") }}
    where status = 'loaded'

)

select
    loads.load_id,
    loads.stream,
    loads.source_file,
    loads.finished_at as loaded_at,
    loads.lines_read,
    rejects.lines as lines_rejected,
    loads.rows_loaded,
    staged.lines as lines_staged,
    staged.quarantined as lines_quarantined,
    star.lines as lines_in_star,
    staged.lines - staged.quarantined - star.lines as lines_superseded
from loads
cross join lateral (
    select count(*) as lines
    from {{ source("ingestion", "_rejects") }}
    where load_id = loads.load_id
) as rejects
cross join lateral (
    {#- Products and customers may be gathered from sale lines: these come first. #}
    select *
    from (
        {%- for entity in ("sale_lines", "products", "customers") %}
        select
            {{ loop.index }} as place,
            count(*) as lines,
            count(rejection_reasons) as quarantined
        from {{ ref("stg_" ~ entity) }}
        where _load_id = loads.load_id
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as entities
    order by
        lines > 0 desc,
        place asc
    limit 1
) as staged
cross join lateral (
    select
        case staged.place
            {%- for mart in ("fct_sales", "dim_product", "dim_customer") %}
            when {{ loop.index }} then (select count(*) from {{ ref(mart) }} where _load_id = loads.load_id)
            {%- endfor %}
        end as lines
) as star
