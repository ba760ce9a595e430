{#- Who belongs to a dimension, told or not, and by which loads one knows: of each business id the last load with an
    acceptable line of its own, and the last one with an acceptable sale line that names it. The dimension takes its
    inferred members from here, so it need not read all sales for them. A source system that tells nothing of the dimension
    has sale lines alone.

    With `incremental`, only those ids that new lines speak of, and those of which a load has ended: another one that has
    such a line is looked up by index. One of whom no line speaks any more has no load at all. -#}
{% macro dimension_members(dimension, incremental) -%}
{%- set business_id, key = dimension ~ "_id", dimension ~ "_key" -%}
{%- set speakers = [] -%}
{%- for system in known_source_systems() -%}
    {%- set spoken = {"system": system, "_named_load_id": ref("stg_" ~ system ~ "__sale_lines")} -%}
    {%- if system in known_source_systems(dimension ~ "s") -%}
        {%- do spoken.update({"_told_load_id": ref("stg_" ~ system ~ "__" ~ dimension ~ "s")}) -%}
    {%- endif -%}
    {%- do speakers.append(spoken) -%}
{%- endfor -%}
with new_lines as (
    {%- for spoken in speakers %}
    {%- set outer = loop %}
    {%- for load_id in ("_told_load_id", "_named_load_id") if load_id in spoken %}

    select
        source_system,
        {{ business_id }},
        {{ "max(_load_id)" if load_id == "_told_load_id" else "null::bigint" }} as _told_load_id,
        {{ "max(_load_id)" if load_id == "_named_load_id" else "null::bigint" }} as _named_load_id
    from {{ spoken[load_id] }}
    where
        rejection_reasons is null
        and {{ business_id }} is not null
        {%- if incremental %}
        and _load_id > {{ watermark(this, spoken.system, load_id) }}
        {%- endif %}
    group by
        source_system,
        {{ business_id }}
    {{- "\n    union all" if not (loop.last and outer.last) }}
    {%- endfor %}
    {%- endfor %}
    {%- for spoken in speakers if incremental and are_repriced(spoken.system) %}
    {#- A line without a price named nobody yet. #}
    union all
    select
        lines.source_system,
        lines.{{ business_id }},
        null::bigint as _told_load_id,
        max(lines._load_id) as _named_load_id
    {{ from_lines_of_repriced(spoken.system, spoken._named_load_id) }}
    where
        lines.product_id is not null
        and lines.{{ business_id }} is not null
        and lines.rejection_reasons is null
    group by
        lines.source_system,
        lines.{{ business_id }}
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
    {%- for spoken in speakers %}

    select
        member.source_system,
        member.{{ business_id }},
        {%- for load_id in ("_told_load_id", "_named_load_id") %}
        {%- if load_id in spoken %}
        case
            when member.{{ load_id }} = {{ ended_loads() }} then (
                select max(line._load_id) from {{ spoken[load_id] }} as line
                where
                    line.{{ business_id }} = member.{{ business_id }}
                    and line.rejection_reasons is null
            )
            else member.{{ load_id }}
        end as {{ load_id }}{{ "," if not loop.last }}
        {%- else %}
        null::bigint as {{ load_id }}{{ "," if not loop.last }}
        {%- endif %}
        {%- endfor %}
    from touched
    inner join {{ this }} as member using ({{ key }})
    where member.source_system = '{{ spoken.system }}'
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
    product or customer comes later or never. What names one must be the line of its sale that counts: a line that was
    corrected needs it no more. -#}
{% macro inferred_members(dimension) -%}
    {%- set members, business_id = ref(dimension ~ "_members"), dimension ~ "_id" -%}
    {%- for system in known_source_systems() %}
    select member.*
    from {{ members }} as member
    -- One line of each is enough. With `exists` the planner may look at all lines of all of them.
    cross join lateral (
        select
        from {{ ref("stg_" ~ system ~ "__sale_lines") }} as line
        where
            line.{{ business_id }} = member.{{ business_id }}
            and line.rejection_reasons is null
            and {{ no_later_line(ref("stg_" ~ system ~ "__sale_lines"), "line", "sale_id") }}
        limit 1
    ) as current_line
    where
        member.source_system = '{{ system }}'
        and member._told_load_id is null
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- The members of a dimension of whom nothing is known but that they are: the inferred ones, and the unknown member. -#}
{% macro untold_members(dimension) -%}
    select
        {{ dimension }}_key,
        source_system,
        {{ dimension }}_id,
        true as is_inferred
    from ({{ inferred_members(dimension) }}) as named_by_sales
    union all
    select
        '{{ var("unknown_key") }}'::uuid as {{ dimension }}_key,
        'unknown' as source_system,
        'Unknown' as {{ dimension }}_id,
        false as is_inferred
{%- endmacro %}
