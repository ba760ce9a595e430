{#- The id of a line: its own, its order's with the line's number, the order's alone where the lines are then numbered
    (number_lines), or its place. A return has none that a sale may have, and its place where it lacks its own. -#}
{% macro sale_id_of(source_system, parts, ids_within, dates, is_numbered, is_returns=false) -%}
    {%- if is_returns -%}
        'return-' || coalesce({{ sale_id_of(source_system, parts, ids_within, dates, is_numbered) }}, {{ line_by_place() }})
    {%- elif parts.sale_id -%}
        {{ id_within(parts.sale_id, source_system, parts, ids_within, dates) }}
    {%- elif parts.order_id and parts.line_number -%}
        {{ id_within(parts.order_id, source_system, parts, ids_within, dates) }} || '-' || {{ clean_text(parts.line_number) }}
    {%- elif is_numbered -%}
        {{ id_within(parts.order_id, source_system, parts, ids_within, dates) }}
    {%- else -%}
        {#- No line of a file goes for another one's correction. -#}
        {{ line_by_place() }}
    {%- endif -%}
{%- endmacro %}


{#- A number, behind what it is unique within. -#}
{% macro id_within(field, source_system, parts, ids_within, dates) -%}
    {%- set id = clean_id(field, source_system) -%}
    {%- if ids_within is none -%}
        {{ id }}
    {%- elif ids_within == "year" -%}
        substring({{ iso_timestamp_text(clean_text(parts.sold_at), **dates) }} from '^((?:19|20)[0-9]{2})-') || '-' || {{ id }}
    {%- elif ids_within == "file" -%}
        {{ file_identity() }} || ':' || {{ id }}
    {%- else -%}
        {{ clean_id(ids_within, source_system) }} || '-' || {{ id }}
    {%- endif -%}
{%- endmacro %}
