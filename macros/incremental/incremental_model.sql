{#- The SQL of an incremental model. It is called as a block whose argument says whether to read only what is new:

        {% call(incremental) incremental_model(reads=[ref("…")]) %}
        select … {{ new_lines(source("…"), incremental) }} …
        {% endcall %}

    The block in full, with every macro written out, is the model's version; comments and white space do not count. A
    table that was built by another version is built anew: a changed rule takes effect on all rows, without anybody
    asking for a full refresh. It is built anew as well when one of the tables that it reads was (`reads`), or when a
    seed's rows have changed (`seeds`), or when the query `outdated` says so of rows that it holds. -#}
{% macro incremental_model(reads=[], seeds=[], outdated=none) -%}
    {%- set everything = caller(false) -%}
    {%- set ns = namespace(version="", incremental=false) -%}
    {%- if execute -%}
        {%- set ns.version = local_md5(without_comments(everything) ~ identities(reads) ~ contents(seeds)) -%}
        {%- if outdated -%}
            {%- set ns.version = next_version(ns.version, outdated) -%}
        {%- endif -%}
        {%- set ns.incremental = is_incremental() and recorded_version(this) == ns.version -%}
    {%- else -%}
        {#- For what it refers to. -#}
        {%- do caller(true) -%}
    {%- endif -%}
    /* version {{ ns.version }} */
    {{ caller(true) if ns.incremental else everything }}
{%- endmacro %}


{#- The version of a table that may be outdated by rows that its watermark does not tell of: with the number of times that
    it was built anew for that. -#}
{% macro next_version(version, outdated) -%}
    {%- set built_by = recorded_version(this) or "" -%}
    {%- if built_by.split("_")[0] != version -%}
        {{ return(version ~ "_0") }}
    {%- endif -%}
    {{ return(version ~ "_" ~ (built_by.split("_")[1] | int + 1) if one_value(outdated) else built_by) }}
{%- endmacro %}


{#- Replaces dbt's own: what asks for a full refresh is, besides the user, a version that is not the table's.

    dbt asks twice. While it compiles the model, is_incremental() asks: there is no version yet, as it is made of the SQL that
    is being compiled, so only what the user wants counts; incremental_model then compares the versions itself. When dbt
    builds the compiled model, its materialization asks again, and now the SQL says its version. -#}
{% macro should_full_refresh() -%}
    {%- set asked = config.get("full_refresh") -%}
    {%- if asked is none -%}
        {%- set asked = flags.FULL_REFRESH -%}
    {%- endif -%}
    {%- set version = compiled_version() -%}
    {{ return(asked or (version is not none and version != recorded_version(this))) }}
{%- endmacro %}


{#- The version that the compiled model names; none before it is compiled, and for a model that is neither an
    incremental_model nor made by_month. -#}
{% macro compiled_version() -%}
    {%- set found = modules.re.search("/\* version (\w+) \*/", model.get("compiled_code") or "") -%}
    {{ return(found.group(1) if found else none) }}
{%- endmacro %}


{#- The version that built a table; none where it was never built, or is gone. -#}
{% macro recorded_version(relation) -%}
    {{ return(adapter.dispatch("recorded_version")(relation)) }}
{%- endmacro %}


{% macro default__recorded_version(relation) -%}
    {{ return(one_value(
        "select version from staging._model_versions "
        ~ "where relation = '" ~ relation.schema ~ "." ~ relation.identifier ~ "' "
        ~ "and table_oid = to_regclass('" ~ relation.schema ~ "." ~ relation.identifier ~ "')::oid"
    )) }}
{%- endmacro %}


{#- ClickHouse's tables tell it themselves. -#}
{% macro clickhouse__recorded_version(relation) -%}
    {#- The first versions of some had no such column. -#}
    {%- set tells_it -%}
        select 1 from system.columns
        where database = '{{ relation.schema }}' and table = '{{ relation.identifier }}' and name = '_model_version'
    {%- endset -%}
    {%- if not one_value(tells_it) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(one_value("select toString(_model_version) from " ~ relation ~ " limit 1")) }}
{%- endmacro %}


{#- Post-hook, in the transaction that builds the table. -#}
{% macro record_version() -%}
    {%- set version = compiled_version() -%}
    {%- if version -%}
        insert into staging._model_versions (relation, table_oid, version, built_at)
        values ('{{ this.schema }}.{{ this.identifier }}', '{{ this }}'::regclass::oid, '{{ version }}', now())
        on conflict (relation) do update set
            table_oid = excluded.table_oid,
            version = excluded.version,
            built_at = excluded.built_at
        where (_model_versions.table_oid, _model_versions.version) <> (excluded.table_oid, excluded.version)
    {%- endif -%}
{%- endmacro %}


{#- On-run-start on PostgreSQL. -#}
{% macro create_build_log() -%}
    {%- if execute and target.type == "postgres" and target.name == "postgres" -%}
        {%- call statement("create_build_log") -%}
            begin;
            set local client_min_messages = warning;
            {%- if not adapter.check_schema_exists(target.database, "staging") %}
            create schema staging;
            {%- endif %}
            create table if not exists staging._model_versions (
                relation text primary key,
                table_oid oid not null,
                version text not null,
                built_at timestamptz not null
            );
            comment on table staging._model_versions is
                'Which version of its model built an incremental table. Grain, one row for each table.';
            commit;
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}


{#- What tells one table from the next of the same name. The load log is one that every model of lines depends on: when
    it is new, load ids begin anew. -#}
{% macro identities(relations) -%}
    {%- set found = [] -%}
    {%- for relation in ["raw._loads"] + relations -%}
        {%- do found.append("coalesce(to_regclass('" ~ relation ~ "')::oid::text, 'none')") -%}
    {%- endfor -%}
    {{ return(one_value("select concat_ws(' ', " ~ found | join(", ") ~ ")")) }}
{%- endmacro %}


{#- A hash over the rows of small tables. -#}
{% macro contents(relations) -%}
    {%- set found = [] -%}
    {%- for relation in relations -%}
        {%- do found.append(one_value(
            "select md5(string_agg(seed::text, '' order by seed::text)) from " ~ relation ~ " as seed"
        )) -%}
    {%- endfor -%}
    {{ return(found | join(" ")) }}
{%- endmacro %}


{#- The one value that a query gives; none for no row, and while dbt only parses. -#}
{% macro one_value(query) -%}
    {%- if not execute -%}
        {{ return(none) }}
    {%- endif -%}
    {%- do guard_node(model) if model is defined -%}
    {%- set rows = run_query(query).rows -%}
    {{ return(rows[0][0] if rows else none) }}
{%- endmacro %}
