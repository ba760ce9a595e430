{#- The rows that the archive lacks: a landed row whose key is new, or of which a column differs from the latest version
    archived under that key. Nothing in the archive is ever changed; a correction is a further version.

    landed_model: the last hand-over; landing_model: the table that it lies in, whose YAML names the columns.
    keys: the columns that name a row. A month's sales are a world of their own, so that the archive is read for the
    landed months alone: for sales the month is part of the key, and a sale that moves to another month is withdrawn in
    the one and late in the other.
    columns: those that the archive adds to the landed ones, name → expression.
    by_month: a landed month of a source system is complete, so what the archive has of it and did not land again is
    withdrawn. -#}
{% macro append_versions(landed_model, landing_model, keys, columns={}, by_month=false) -%}
{%- set content = content_columns(landing_model) -%}
{%- set months = landed_months() if by_month else [] -%}
{#- What is used twice PostgreSQL would first write down, with one core. Greenplum does not, nor does it know the words. -#}
{%- set as_used = "as" if is_greenplum() else "as not materialized" -%}
with landed {{ as_used }} (

    select
        landing.*,
        {%- for name, expression in columns.items() %}
        {{ expression }} as {{ name }},
        {%- endfor %}
        true as is_landed
    from {{ ref(landed_model) }} as landing

),

latest {{ as_used }} (

    select distinct on ({{ keys | join(", ") }}) *
    from {{ this }}
    {%- if by_month %}
    where
        sale_month in ({{ months | join(", ") or "null" }})
        and (source_system, sale_month) in (select source_system, sale_month from {{ ref("landed_months") }})
    {%- endif %}
    order by {{ keys | join(", ") }}, version desc

),

{%- if by_month %}

archived_months as (

    select distinct sale_month from {{ ref("archive_ledger") }}
    where table_name = '{{ this.identifier }}'

),

{%- endif %}

changed as (

    select
        landed.*,
        md5({{ content_text("landed", content) or "''" }}) as content_hash,
        false as is_withdrawn,
        coalesce(latest.version, 0) + 1 as version,
        case
            when latest.version is not null then 'corrected'
            {%- if by_month %}
            when archived_months.sale_month is not null then 'late'
            {%- endif %}
            else 'first'
        end::text as reason
    from landed
    left join latest using ({{ keys | join(", ") }})
    {%- if by_month %}
    left join archived_months using (sale_month)
    {%- endif %}
    where
        latest.version is null
        or latest.is_withdrawn
        {%- for column in content if column not in keys %}
        or latest.{{ column }} is distinct from landed.{{ column }}
        {%- endfor %}

)
{%- if by_month %},

withdrawn as (

    select
        {%- for column in columns_of(model) if column not in ("is_withdrawn", "version", "reason", "archived_at") %}
        latest.{{ column }},
        {%- endfor %}
        true as is_withdrawn,
        latest.version + 1 as version,
        'withdrawn'::text as reason
    from latest
    left join landed using ({{ keys | join(", ") }})
    where
        landed.is_landed is null
        and not latest.is_withdrawn

)
{%- endif %},

new_versions as (

    select {{ archive_columns() }} from changed
    {%- if by_month %}
    union all
    select {{ archive_columns() }} from withdrawn
    {%- endif %}

)

select
    new_versions.*,
    now() as archived_at
from new_versions
{%- endmacro %}


{% macro archive_columns() -%}
    {{ columns_of(model).keys() | reject("equalto", "archived_at") | join(", ") }}
{%- endmacro %}
