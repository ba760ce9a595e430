{#- The rows that the archive lacks: a landed row whose key is new, or whose content differs from the latest version
    archived under that key. Nothing in the archive is ever changed; a correction is a further version.

    withdrawn_within: a condition on the archive's rows. One that fulfils it and was not landed again is gone from the
    source, and gets a last version that says so. Without the condition nothing is withdrawn. -#}
{% macro append_versions(landing, key, columns, withdrawn_within=none) -%}
with landed as (

    select
        {{ columns | join(",\n        ") }},
        md5(row({{ columns | join(", ") }})::text) as content_hash
    from {{ landing }}

)
{%- if is_incremental() %},

latest as (

    select distinct on ({{ key }}) *
    from {{ this }}
    order by {{ key }}, version desc

),

changed as (

    select
        landed.*,
        false as is_withdrawn,
        coalesce(latest.version, 0) + 1 as version
    from landed
    left join latest on landed.{{ key }} = latest.{{ key }}
    where
        latest.{{ key }} is null
        or latest.is_withdrawn
        or latest.content_hash <> landed.content_hash

)
{%- if withdrawn_within %},

withdrawn as (

    select
        {%- for column in columns %}
        latest.{{ column }},
        {%- endfor %}
        latest.content_hash,
        true as is_withdrawn,
        latest.version + 1 as version
    from latest
    left join landed on latest.{{ key }} = landed.{{ key }}
    where
        landed.{{ key }} is null
        and not latest.is_withdrawn
        and {{ withdrawn_within }}

)
{%- endif %}

select
    changed.*,
    now() as archived_at
from changed
{%- if withdrawn_within %}
union all
select
    withdrawn.*,
    now() as archived_at
from withdrawn
{%- endif %}
{%- else %}

select
    landed.*,
    false as is_withdrawn,
    1 as version,
    now() as archived_at
from landed
{%- endif %}
{%- endmacro %}
