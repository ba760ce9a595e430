{#- The values that a query gives in its first column; none before dbt may ask the database. -#}
{% macro first_column(query) -%}
    {{ return(run_query(query).rows | map(attribute=0) | list if execute else []) }}
{%- endmacro %}
