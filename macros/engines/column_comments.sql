{#- Replaces dbt's own, which asks the database for a table's columns to leave out those that are only described. Here every
    described column is there, or the build says so; not to ask saves a second in each run. -#}
{% macro postgres__alter_column_comment(relation, column_dict) -%}
    {%- for column in column_dict.values() %}
    comment on column {{ relation }}.{{ column.name }} is {{ postgres_escape_comment(column.description) }};
    {%- endfor %}
{%- endmacro %}
