{#- On-run-end: the schema test_failures holds the rows of the tests that did not pass, and nothing else. Those of tests
    that pass again, and of tests that are no more, go. -#}
{% macro keep_failures(results) -%}
    {%- if execute and flags.WHICH in ("build", "test") -%}
        {%- set stale = [] -%}
        {%- set kept = kept_failures() -%}
        {%- set tests = graph.nodes.values() | selectattr("resource_type", "equalto", "test") | map(attribute="alias") | list -%}
        {%- for name in kept if name not in tests -%}
            {%- do stale.append(name) -%}
        {%- endfor -%}
        {%- for result in results if result.node.resource_type == "test" and result.node.alias in kept -%}
            {%- if result.status == "pass" -%}
                {%- do stale.append(result.node.alias) -%}
            {%- elif result.status in ("warn", "fail") -%}
                {%- do tell_messages(result.node) -%}
            {%- endif -%}
        {%- endfor -%}
        {{ drop_failures(stale) }}
    {%- endif -%}
{%- endmacro %}


{#- Prints what a test says for itself: the column message of its rows, of the first ten. -#}
{% macro tell_messages(test) -%}
    {%- set table = api.Relation.create(schema=test.schema, identifier=test.alias) -%}
    {%- set rows = run_query("select * from " ~ table ~ " limit 10") -%}
    {%- if "message" in rows.column_names -%}
        {%- for message in rows.columns["message"].values() -%}
            {%- do log(message, info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- The names of the tables in test_failures. -#}
{% macro kept_failures() -%}
    {%- set tables = run_query(
        "select table_name from information_schema.tables where table_schema = 'test_failures'"
    ) -%}
    {#- Of an empty result ClickHouse tells not even the columns. -#}
    {{ return(tables.rows | map(attribute=0) | list) }}
{%- endmacro %}


{% macro drop_failures(names) -%}
    {{ return(adapter.dispatch("drop_failures")(names)) }}
{%- endmacro %}


{% macro default__drop_failures(names) -%}
    {%- for name in names %}
    drop table if exists test_failures."{{ name }}";
    {%- endfor -%}
{%- endmacro %}


{#- ClickHouse takes one statement at a time. -#}
{% macro clickhouse__drop_failures(names) -%}
    {%- for name in names -%}
        {%- do run_query("drop table if exists test_failures.`" ~ name ~ "`") -%}
    {%- endfor -%}
{%- endmacro %}
