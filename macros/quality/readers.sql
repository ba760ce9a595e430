{#- The roles that read all but personal columns, by the variable `roles`. -#}
{% macro readers() -%}
    {%- set found = [] -%}
    {%- for role, rights in var("roles").items() if rights.reads_impersonal -%}
        {%- do found.append(role) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- On-run-start on PostgreSQL and Greenplum: the roles that people and tools who read are members of. Where the
    warehouse's user may not make roles, a role that somebody else has made serves as well, and without one nobody gets
    anything. -#}
{% macro create_readers() -%}
    {%- if execute and target.type in ("postgres", "greenplum") and flags.WHICH in ("build", "run") -%}
        do $$
        begin
        {%- for role in readers() %}
            if not exists (select 1 from pg_roles where rolname = '{{ role }}') then
                create role "{{ role }}" nologin;
            end if;
        {%- endfor %}
        exception when insufficient_privilege or duplicate_object then
            null;
        end
        $$
    {%- endif -%}
{%- endmacro %}


{#- On-run-end, and for `warehouse roles`, on PostgreSQL and Greenplum. -#}
{% macro grant_to_readers() -%}
    {%- if execute and target.type in ("postgres", "greenplum") and flags.WHICH in ("build", "run", "run-operation") -%}
        {%- set roles = run_query("select rolname::text from pg_roles").columns[0].values() -%}
        {%- set readable = readable_columns() -%}
        {%- for schema in schemas_on(target.type) -%}
        {%- set allowed = [] -%}
        {%- for role in readers() if role in roles and schema in var("roles")[role].reads_impersonal -%}
            {%- do allowed.append('"' ~ role ~ '"') -%}
        {%- endfor -%}
        {%- for table, columns in readable.items() if allowed and table.startswith(schema ~ ".") %}
        {%- if loop.first %}
        grant usage on schema {{ schema }} to {{ allowed | join(", ") }};
        {%- endif %}
        revoke all on {{ table }} from {{ allowed | join(", ") }};
        {%- if columns %}
        grant select ({{ columns | join(", ") }}) on {{ table }} to {{ allowed | join(", ") }};
        {%- endif %}
        {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- For `dbt run-operation`, which runs no text of a macro by itself. On ClickHouse only who makes roles may grant
    all that a role has at once, so builds do not do it there. -#}
{% macro grant_reading() -%}
    {%- if target.type == "clickhouse" -%}
        {%- set readable = readable_columns() -%}
        {%- for role in readers() -%}
            {%- set granted = [] -%}
            {%- for table, columns in readable.items()
                if columns and table.split(".")[0] in var("roles")[role].reads_impersonal -%}
                {%- do granted.append("select(" ~ columns | join(", ") ~ ") on " ~ table) -%}
            {%- endfor -%}
            {%- set everywhere = "on cluster " ~ target.cluster if target.cluster else "" -%}
            {%- set rights = granted | join(", ") or "usage on *.*" -%}
            {%- do run_query("grant " ~ everywhere ~ " " ~ rights ~ " to `" ~ role ~ "` with replace option") -%}
        {%- endfor -%}
    {%- else -%}
        {%- set statements = grant_to_readers() -%}
        {%- if statements | trim -%}
            {%- do run_query("begin;" ~ statements ~ "commit;") -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- By each table of the project's that is there, schema.table, what who reads gets of it: no column that is marked
    personal, and none that no YAML describes. A table that is yet to be built anew may lack a column that is described
    already. On a cluster the rows lie in tables of their own. -#}
{% macro readable_columns() -%}
    {%- set found = {} -%}
    {%- set there = columns_there() -%}
    {%- for node in graph.nodes.values() if node.relation_name -%}
        {%- for table in (node.schema ~ "." ~ node.alias, node.schema ~ "." ~ node.alias ~ "_local") if table in there -%}
            {%- set columns = [] -%}
            {%- for column in columns_of(node).values()
                if column.config.meta.get("personal") is not true and column.name in there[table] -%}
                {%- do columns.append(column.name) -%}
            {%- endfor -%}
            {%- do found.update({table: columns}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- The columns of each table and view of the project's schemas: schema.table → names. -#}
{% macro columns_there() -%}
    {%- set found = {} -%}
    {%- set query -%}
        {%- if target.type == "clickhouse" %}
        select
            concat(database, '.', table),
            arrayStringConcat(groupArray(name), ' ')
        from system.columns
        where database in ('{{ schemas_on(target.type) | join("', '") }}')
        group by database, table
        {%- else %}
        select
            pg_namespace.nspname || '.' || pg_class.relname,
            string_agg(pg_attribute.attname::text, ' ')
        from pg_attribute
        inner join pg_class on pg_attribute.attrelid = pg_class.oid
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        where
            pg_namespace.nspname in ('{{ schemas_on(target.type) | join("', '") }}')
            and pg_class.relkind in ('r', 'p', 'v', 'm', 'f')
            and pg_attribute.attnum > 0
            and not pg_attribute.attisdropped
        group by pg_namespace.nspname, pg_class.relname
        {%- endif %}
    {%- endset -%}
    {%- for row in run_query(query).rows -%}
        {%- do found.update({row[0]: row[1].split(" ")}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
