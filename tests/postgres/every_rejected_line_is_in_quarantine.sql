-- Staging's rejected rows and the quarantine's are the same. Fails with each entity and load that differs.

{%- for entity in ("sale_lines", "products", "customers") %}
select
    '{{ entity }}' as entity,
    _load_id,
    staged.rejected_rows,
    quarantined.quarantine_rows
from (
    select
        _load_id,
        count(*) as rejected_rows
    from {{ ref("stg_" ~ entity) }}
    where rejection_reasons is not null
    group by _load_id
) as staged
full outer join (
    select
        _load_id,
        count(*) as quarantine_rows
    from {{ ref("qrn_" ~ entity) }}
    group by _load_id
) as quarantined using (_load_id)
where staged.rejected_rows is distinct from quarantined.quarantine_rows
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
