{#- The id of a line that has none of its own: its file and its place in it. A file that is renamed keeps the name under which
    it came first, so its lines stay the sales that they were. For a query that reads raw lines. -#}
{% macro line_by_place() -%}
    (select loads.identity from raw._loads as loads where loads.load_id = _load_id) || ':' || _source_line
{%- endmacro %}
