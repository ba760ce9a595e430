{#- Pre-hook of a snapshot: an empty landing table is one that ClickHouse has not written yet, not a shop that has closed
    down, and would end the period of every row. The unknown member alone makes one row. -#}
{% macro require_landed(landing_model) -%}
    {%- set landing = ref(landing_model) -%}
    {%- if execute and not run_query("select 1 from " ~ landing ~ " limit 1").rows -%}
        {%- do exceptions.raise_compiler_error(
            landing ~ " is empty: 'warehouse build' or 'warehouse archive' hands over to it first"
        ) -%}
    {%- endif -%}
{%- endmacro %}
