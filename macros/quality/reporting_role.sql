{#- On-run-start on PostgreSQL and Greenplum: the role that people and tools who report are members of. Where the
    warehouse's user may not make roles, a role that somebody else has made serves as well, and without one nobody gets
    anything. -#}
{% macro create_reporting_role() -%}
    {%- if execute and target.type in ("postgres", "greenplum") and flags.WHICH in ("build", "run") -%}
        do $$
        begin
            if not exists (select 1 from pg_roles where rolname = '{{ var("reporting_role") }}') then
                create role "{{ var("reporting_role") }}" nologin;
            end if;
        exception when insufficient_privilege or duplicate_object then
            null;
        end
        $$
    {%- endif -%}
{%- endmacro %}


{#- On-run-end: the reporting role may read the marts and the views for BI tools, but no column that is marked personal,
    and none that no YAML describes. -#}
{% macro grant_to_reporting_role() -%}
    {%- if execute and target.type in ("postgres", "greenplum") and flags.WHICH in ("build", "run") -%}
        {%- set role = '"' ~ var("reporting_role") ~ '"' -%}
        {%- set schema = {"postgres": "marts", "greenplum": "bi"}[target.type] -%}
        {%- set tables = run_query(
            "select table_name from information_schema.tables where table_schema = '" ~ schema
            ~ "' and exists (select 1 from pg_roles where rolname = '" ~ var("reporting_role") ~ "')"
        ).columns[0].values() -%}
        {%- if tables %}
        grant usage on schema {{ schema }} to {{ role }};
        {%- endif %}
        {%- for node in graph.nodes.values() if node.resource_type == "model" and node.schema == schema and node.alias in tables %}
        {%- set readable = [] -%}
        {%- for column in columns_of(node).values() if column.config.meta.get("personal") is not true -%}
            {%- do readable.append(column.name) -%}
        {%- endfor %}
        revoke all on {{ schema }}.{{ node.alias }} from {{ role }};
        {%- if readable %}
        grant select ({{ readable | join(", ") }}) on {{ schema }}.{{ node.alias }} to {{ role }};
        {%- endif %}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
