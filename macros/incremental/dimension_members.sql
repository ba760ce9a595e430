{#- Who belongs to a dimension, told or not, and by which loads one knows: of each business id the last load with an
    acceptable line of its own (`entity` names the staging models), and the last one with an acceptable sale line that
    names it. The dimension takes its inferred members from here, so it need not read all sales for them.

    With `incremental`, only those ids that new lines speak of, and those of which a load has ended: another one that has
    such a line is looked up by index. One of whom no line speaks any more has no load at all. -#}
{% macro dimension_members(entity, business_id, key, incremental) -%}
with new_lines as (
    {%- for system in known_source_systems() %}
    {%- for lines, told, named in (
        (ref("stg_" ~ system ~ "__" ~ entity), "max(_load_id)", "null::bigint"),
        (ref("stg_" ~ system ~ "__sale_lines"), "null::bigint", "max(_load_id)"),
    ) %}

    select
        source_system,
        {{ business_id }},
        {{ told }} as _told_load_id,
        {{ named }} as _named_load_id
    from {{ lines }}
    where
        rejection_reasons is null
        and {{ business_id }} is not null
        {%- if incremental %}
        and _load_id > {{ watermark(this, system, "_named_load_id" if loop.last else "_told_load_id") }}
        {%- endif %}
    group by
        source_system,
        {{ business_id }}
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}

),

{%- if incremental %}

touched as (

    select {{ surrogate_key("source_system", business_id) }} as {{ key }} from new_lines
    {%- for load_id in ("_told_load_id", "_named_load_id") %}
    union
    select {{ key }} from {{ this }} where {{ load_id }} = {{ ended_loads() }}
    {%- endfor %}

),

known as (
    {%- for system in known_source_systems() %}

    select
        member.source_system,
        member.{{ business_id }},
        {%- for lines, load_id in (
            (ref("stg_" ~ system ~ "__" ~ entity), "_told_load_id"),
            (ref("stg_" ~ system ~ "__sale_lines"), "_named_load_id"),
        ) %}
        case
            when member.{{ load_id }} = {{ ended_loads() }} then (
                select max(line._load_id) from {{ lines }} as line
                where
                    line.{{ business_id }} = member.{{ business_id }}
                    and line.rejection_reasons is null
            )
            else member.{{ load_id }}
        end as {{ load_id }}{{ "," if not loop.last }}
        {%- endfor %}
    from touched
    inner join {{ this }} as member using ({{ key }})
    where member.source_system = '{{ system }}'
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}

),

{%- endif %}

lines as (

    select * from new_lines
    {%- if incremental %}
    union all
    select * from known
    {%- endif %}

)

select
    {{ surrogate_key("source_system", business_id) }} as {{ key }},
    source_system,
    {{ business_id }},
    max(_told_load_id) as _told_load_id,
    max(_named_load_id) as _named_load_id
from lines
group by
    source_system,
    {{ business_id }}
{%- endmacro %}


{#- The members of a dimension that only sales name: a sale is not lost, nor is whose it was, because the row of its
    product or customer comes later or never. `members` is the model made by dimension_members. What names one must be the
    line of its sale that counts: a line that was corrected needs it no more. -#}
{% macro inferred_members(members, business_id) -%}
    {%- set last_line = last_by_name() -%}
    {%- for system in known_source_systems() %}
    select member.*
    from {{ members }} as member
    where
        member.source_system = '{{ system }}'
        and member._told_load_id is null
        and exists (
            select from {{ ref("stg_" ~ system ~ "__sale_lines") }} as line
            where
                line.{{ business_id }} = member.{{ business_id }}
                and line.rejection_reasons is null
                and not exists (
                    select from {{ ref("stg_" ~ system ~ "__sale_lines") }} as later
                    where
                        later.sale_id = line.sale_id
                        and later.rejection_reasons is null
                        and (later.{{ last_line | join(", later.") }}) > (line.{{ last_line | join(", line.") }})
                )
        )
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
