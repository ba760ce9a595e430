{#- How dbt materializes an incremental table of ClickHouse: on one server, or on a cluster. -#}
{% macro incremental_table() -%}
    {{ return("distributed_incremental" if env_var("CLICKHOUSE_CLUSTER", "") else "incremental") }}
{%- endmacro %}
