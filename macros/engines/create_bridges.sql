{#- Makes, in ClickHouse, the databases that show the schemas of the other engines: `marts` of PostgreSQL, `landing`
    and `archive` of Greenplum. They hold no data. They are made anew at the start of every run on ClickHouse, so that
    a changed address or password needs no further step.

    ClickHouse may know the servers by other names than this machine does: CLICKHOUSE_TO_POSTGRES and
    CLICKHOUSE_TO_GREENPLUM are `host:port` as ClickHouse sees them. -#}
{% macro create_bridges() -%}
    {#- Not while parsing: dbt keeps the variables that are read then, passwords too, in its cache on disk. -#}
    {%- if execute and target.type == "clickhouse" and flags.WHICH in ("build", "run", "test", "run-operation") -%}
        {%- do create_bridge("marts", "POSTGRES", "warehouse") -%}
        {%- do create_bridge("landing", "GREENPLUM", "archive") -%}
        {%- do create_bridge("archive", "GREENPLUM", "archive") -%}
    {%- endif -%}
{%- endmacro %}


{% macro create_bridge(schema, engine, default_database) -%}
    {%- set address = env_var(
        "CLICKHOUSE_TO_" ~ engine,
        env_var(engine ~ "_HOST", "127.0.0.1") ~ ":" ~ env_var(engine ~ "_PORT", "5432")
    ) -%}
    {%- set arguments = [
        address,
        env_var(engine ~ "_DATABASE", default_database),
        env_var(engine ~ "_USER", "warehouse"),
        env_var(engine ~ "_PASSWORD", ""),
        schema,
    ] -%}
    {%- set literals = [] -%}
    {%- for argument in arguments -%}
        {%- do literals.append("'" ~ argument | replace("\\", "\\\\") | replace("'", "\\'") ~ "'") -%}
    {%- endfor -%}
    {%- do run_query("drop database if exists `" ~ schema ~ "`") -%}
    {%- do run_query("create database `" ~ schema ~ "` engine = PostgreSQL(" ~ literals | join(", ") ~ ")") -%}
{%- endmacro %}
