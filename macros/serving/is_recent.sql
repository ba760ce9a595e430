{#- True for rows of months that were refreshed since a build whose tests of rows all passed: a build looks at these, so that it
    costs the same after ten years. Before there was one, and where a test is asked for by itself, true for months that were
    refreshed in the last days (variable checked_days). -#}
{% macro is_recent() -%}
    {%- set mark = api.Relation.create(schema=target.schema, identifier="_tested") if execute -%}
    {%- set is_of_a_build = execute and is_build_of("hot_sales") -%}
    {%- if is_of_a_build and load_relation(mark) is not none -%}
        {%- set tested_until = first_column("select toString(tested_until) from " ~ mark) | first -%}
    {%- endif -%}
    _refreshed_at > {% if tested_until -%}
        toDateTime64('{{ tested_until }}', 3, 'UTC')
    {%- else -%}
        now() - interval {{ var("checked_days") }} day
    {%- endif -%}
{%- endmacro %}


{#- On-run-end on ClickHouse: writes down that the tests of rows have looked at all that there was. -#}
{% macro note_tested_months(results) -%}
    {%- if not execute -%}
        {%- do ref("hot_sales") -%}
    {%- elif flags.WHICH == "build" and target.name == "clickhouse" and all_have_passed(results, "is_recent()", "of_recent") -%}
        {%- set cluster = adapter.get_clickhouse_cluster_name() -%}
        {%- set tested_until = first_column("select toString(max(_refreshed_at)) from " ~ ref("hot_sales")) | first -%}
        {#- A view, as it is one value, which each server of a cluster has at once. -#}
        create or replace view {{ target.schema }}._tested {{ "ON CLUSTER " ~ cluster if cluster }}
        as select toDateTime64('{{ tested_until }}', 3, 'UTC') as tested_until
    {%- endif -%}
{%- endmacro %}
