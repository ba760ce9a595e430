{#- As in snapshots.sql: Greenplum 6 does not settle the type of a bare literal in a sub-query. -#}
{% macro greenplum__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {%- set test = namespace(
        sql=default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names)
    ) -%}
    {%- for side in ("actual", "expected") -%}
        {%- set literal = "'" ~ side ~ "' as " -%}
        {%- set test.sql = test.sql.replace(literal, "cast('" ~ side ~ "' as text) as ") -%}
    {%- endfor -%}
    {{ return(test.sql) }}
{%- endmacro %}
