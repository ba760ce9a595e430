{#- The id of a line that has none of its own: its file and its place in it. For a query that reads raw lines. -#}
{% macro line_by_place() -%}
    {{ file_identity() }} || ':' || _source_line
{%- endmacro %}


{#- The name under which the file of a raw line came first: a file that is renamed stays that file, and its lines the sales
    that they were. -#}
{% macro file_identity() -%}
    (select loads.identity from {{ source("ingestion", "_loads") }} as loads where loads.load_id = _load_id)
{%- endmacro %}
