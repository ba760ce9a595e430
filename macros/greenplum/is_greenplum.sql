{#- True on Greenplum and its forks, false on the PostgreSQL stand-in: only the former know segments. -#}
{% macro is_greenplum() -%}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set catalogue = run_query(
        "select count(*) from pg_catalog.pg_class where relname = 'gp_distribution_policy'"
    ) -%}
    {{ return(catalogue.columns[0][0] > 0) }}
{%- endmacro %}
