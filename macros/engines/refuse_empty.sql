{#- On-run-start: `--empty` would put tables without rows in the place of those with. -#}
{% macro refuse_empty() -%}
    {%- if execute and flags.EMPTY -%}
        {%- do exceptions.raise_compiler_error(
            "--empty would empty the tables of the warehouse, nothing is built: "
            ~ "'dbt compile' looks whether the models are sound, and a WAREHOUSE_HOME of its own takes a trial build of sample files"
        ) -%}
    {%- endif -%}
{%- endmacro %}
