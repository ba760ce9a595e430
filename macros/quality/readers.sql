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


{#- On-run-end, and for `warehouse roles`: who reads gets no column that is marked personal, and none that no YAML
    describes. A table that is yet to be built anew may lack a column that is described already. -#}
{% macro grant_to_readers() -%}
    {%- if execute and target.type in ("postgres", "greenplum") and flags.WHICH in ("build", "run", "run-operation") -%}
        {%- set there = columns_there() -%}
        {%- set roles = run_query("select rolname::text from pg_roles").columns[0].values() -%}
        {%- for role in readers() if role in roles %}
        {%- set schemas = var("roles")[role].reads_impersonal -%}
        {%- for schema in schemas_on(target.type) if schema in schemas %}
        {%- set ns = namespace(any=false) -%}
        {%- for node in graph.nodes.values() if node.schema == schema and node.relation_name
            and schema ~ "." ~ node.alias in there %}
        {%- set table = schema ~ "." ~ node.alias -%}
        {%- if not ns.any %}
        grant usage on schema {{ schema }} to "{{ role }}";
        {%- set ns.any = true -%}
        {%- endif %}
        {%- set readable = [] -%}
        {%- for column in columns_of(node).values()
            if column.config.meta.get("personal") is not true and column.name in there[table] -%}
            {%- do readable.append(column.name) -%}
        {%- endfor %}
        revoke all on {{ table }} from "{{ role }}";
        {%- if readable %}
        grant select ({{ readable | join(", ") }}) on {{ table }} to "{{ role }}";
        {%- endif %}
        {%- endfor -%}
        {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- For `dbt run-operation`, which runs no text of a macro by itself. -#}
{% macro grant_reading() -%}
    {%- set statements = grant_to_readers() -%}
    {%- if statements | trim -%}
        {%- do run_query("begin;" ~ statements ~ "commit;") -%}
    {%- endif -%}
{%- endmacro %}


{#- The columns of each table and view of the project's schemas: schema.table → names. -#}
{% macro columns_there() -%}
    {%- set found = {} -%}
    {%- set query -%}
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
    {%- endset -%}
    {%- for row in run_query(query).rows -%}
        {%- do found.update({row[0]: row[1].split(" ")}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
