{#- Whether a table of ClickHouse has other columns than its model: it is then built anew (should_full_refresh), as a
    month of other columns cannot be put into it. -#}
{% macro has_other_columns() -%}
    {%- if not execute or config.get("incremental_strategy") != "insert_overwrite" -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set existing = load_relation(this) -%}
    {%- if existing is none -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set names = adapter.get_columns_in_relation(existing) | map(attribute="name") | sort -%}
    {{ return(names != model.columns.keys() | sort) }}
{%- endmacro %}
