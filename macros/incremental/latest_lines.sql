{#- Of each business id the acceptable line that counts: the one in the last file by name, and there the last line. So it is
    the same in whatever order the files came, and one that is exported again takes back no later file's correction.
    `entity` names the staging models, `order_by` what counts before that.

    With `incremental`, only those ids of which there are lines that this model has not read yet, or whose line in this
    model is no longer there, and those that one of `also`, macros, gives a query for. Each is looked up by index. -#}
{% macro latest_lines(entity, business_id, incremental, order_by=[], also=[]) -%}
    {%- set latest_first = order_by + last_by_name() -%}
    {%- set systems = known_source_systems(entity) -%}
    {%- if not incremental or not systems %}
    {%- if business_id == "sale_id" %}
    {#- A hashed join, which all cores share. Where an id has as many lines as there are days it would take ever longer. #}
    select line.* from {{ ref("stg_" ~ entity) }} as line
    where
        line.rejection_reasons is null
        and {{ no_later_line(ref("stg_" ~ entity), "line", business_id) }}
    {%- else %}
    select distinct on (source_system, {{ business_id }}) *
    from {{ ref("stg_" ~ entity) }}
    where rejection_reasons is null
    order by source_system desc, {{ business_id }} desc, {{ latest_first | join(" desc, ") }} desc
    {%- endif %}
    {%- else -%}
    {%- for system in systems %}
    select line.*
    from (
        select {{ business_id }} from {{ ref("stg_" ~ system ~ "__" ~ entity) }}
        where
            _load_id > {{ watermark(this, system) }}
            and rejection_reasons is null
        union
        select {{ business_id }} from {{ this }}
        where
            source_system = '{{ system }}'
            and _load_id = {{ ended_loads() }}
        {%- for queried in also %}
        {%- set query = queried(system) %}
        {%- if query %}
        union
        {{ query }}
        {%- endif %}
        {%- endfor %}
    ) as touched
    cross join lateral (
        select * from {{ ref("stg_" ~ system ~ "__" ~ entity) }}
        where
            {{ business_id }} = touched.{{ business_id }}
            and rejection_reasons is null
        order by {{ latest_first | join(" desc, ") }} desc
        limit 1
    ) as line
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endif %}
{%- endmacro %}


{#- True for the acceptable line of an id that counts. -#}
{% macro no_later_line(lines, line, business_id) -%}
    not exists (
        select from {{ lines }} as later
        where
            later.source_system = {{ line }}.source_system
            and later.{{ business_id }} = {{ line }}.{{ business_id }}
            and later.rejection_reasons is null
            and (later.{{ last_by_name() | join(", later.") }}) > ({{ line }}.{{ last_by_name() | join(", " ~ line ~ ".") }})
    )
{%- endmacro %}


{#- What tells the later of two lines: the name of the file, by code points on any server, and the place in it. -#}
{% macro last_by_name() -%}
    {{ return(['_source_file collate "C"', "_source_line"]) }}
{%- endmacro %}
