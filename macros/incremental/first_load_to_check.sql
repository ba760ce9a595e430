{#- Tests of lines look at few loads, so that a day's build costs the same after ten years: the first of them. A build of
    fct_sales looks at what came since the last build whose tests all ran and none failed. Where there was none, or a table
    was built anew since, it looks at the loads of the last days (variable checked_days), and at all where a table was built
    anew in these days; and so does a test that is selected, as whoever asks for it wants to be shown. -#}
{% macro first_load_to_check() -%}
    {%- set is_of_a_build = execute and is_build_of("fct_sales") -%}
    {%- set days_ago -%} now() - interval '1 day' * {{ var("checked_days") }} {%- endset -%}
    {{ return(one_value(
        "select case when checked.last_load is not null then checked.last_load + 1 "
        ~ "when exists (select from staging._model_versions where built_at > " ~ days_ago ~ ") then 0 "
        ~ "else coalesce((select min(load_id) from raw._loads where finished_at > " ~ days_ago ~ "), 9223372036854775807) end "
        ~ "from (" ~ table_versions() ~ ") as tables left join staging._checked_builds as checked "
        ~ "on tables.table_versions = checked.table_versions and checked.has_passed and " ~ is_of_a_build
    )) }}
{%- endmacro %}


{#- What tells whether a table was built anew. -#}
{% macro table_versions() -%}
    select md5(coalesce(string_agg(table_oid || version, ' ' order by relation), '')) as table_versions
    from staging._model_versions
{%- endmacro %}


{#- On-run-start on PostgreSQL: writes down which loads a build can look at. -#}
{% macro note_loads() -%}
    {%- if execute and target.name == "postgres" %}
        create table if not exists staging._checked_builds (
            has_passed boolean primary key,
            last_load bigint not null,
            table_versions text
        );
        comment on table staging._checked_builds is
            'The last build, and the last one whose tests all ran and none failed. Grain, one row for each.';
        {%- if flags.WHICH == "build" %}
        insert into staging._checked_builds (has_passed, last_load)
        values (false, {{ one_value("select max(load_id) from raw._loads") or 0 if one_value("select to_regclass('raw._loads')") else 0 }})
        on conflict (has_passed) do update set last_load = excluded.last_load
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- On-run-end on PostgreSQL: writes down that a build has looked at all that there was. What warned has been told. -#}
{% macro record_checks(results) -%}
    {%- if execute and flags.WHICH == "build" and target.name == "postgres" -%}
        {%- set unseen = [] -%}
        {%- set seen = [] -%}
        {%- for result in results if result.status in ("pass", "warn") -%}
            {%- do seen.append(result.node.unique_id) -%}
        {%- endfor -%}
        {%- for node in graph.nodes.values() if node.resource_type == "test" and "postgres" in node.tags -%}
            {#- Seeds are no lines, and those of the same project are not tested again. -#}
            {%- set is_of_lines = "functions" not in node.tags and not node.original_file_path.startswith("seeds") -%}
            {%- if is_of_lines and node.unique_id not in seen -%}
                {%- do unseen.append(node.unique_id) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not unseen %}
        insert into staging._checked_builds (has_passed, last_load, table_versions)
        select true, this_build.last_load, tables.table_versions
        from staging._checked_builds as this_build
        cross join ({{ table_versions() }}) as tables
        where not this_build.has_passed
        on conflict (has_passed) do update set
            last_load = excluded.last_load,
            table_versions = excluded.table_versions
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
