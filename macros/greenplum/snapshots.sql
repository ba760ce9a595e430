{#- dbt-greenplum 1.5.0's own version calls itself and never ends. -#}
{% macro greenplum__snapshot_merge_sql(target, source, insert_cols) -%}
    {{ return(postgres__snapshot_merge_sql(target, source, insert_cols)) }}
{%- endmacro %}


{#- Greenplum 6 does not settle the type of a bare literal in a sub-query ("failed to find conversion function from
    unknown to text"), so the change types that dbt writes there are cast. -#}
{% macro greenplum__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set staging = namespace(sql=default__snapshot_staging_table(strategy, source_sql, target_relation)) -%}
    {%- for change_type in ("insert", "update", "delete") -%}
        {%- set literal = "'" ~ change_type ~ "' as dbt_change_type" -%}
        {%- set staging.sql = staging.sql.replace(literal, "cast('" ~ change_type ~ "' as text) as dbt_change_type") -%}
    {%- endfor -%}
    {{ return(staging.sql) }}
{%- endmacro %}


{#- The adapter's own takes the session's time zone. -#}
{% macro greenplum__snapshot_get_time() -%}
    (now() at time zone 'utc')
{%- endmacro %}
