{#- Tests of lines look at few loads, so that a day's build costs the same after ten years: the first of them. A build of
    fct_sales looks at what came since the last build whose tests all ran and none failed. Where there was none, or a table
    was built anew since, it looks at the loads of the last days (variable checked_days), and at all where a table was built
    anew in these days; and so does a test that is selected, as whoever asks for it wants to be shown. -#}
{% macro first_load_to_check() -%}
    {%- set days_ago -%} now() - interval '1 day' * {{ var("checked_days") }} {%- endset -%}
    {%- set is_of_a_build = flags.WHICH == "build" and "model.warehouse.fct_sales" in selected_resources -%}
    {{ return(one_value(
        "select case when checked.started_at is null and exists (select from staging._model_versions where built_at > "
        ~ days_ago ~ ") then 0 else coalesce((select min(load_id) from raw._loads where finished_at > "
        ~ "coalesce(checked.started_at - interval '1 minute', " ~ days_ago ~ ")), 9223372036854775807) end "
        ~ "from (" ~ table_versions() ~ ") as tables left join staging._checked as checked "
        ~ "on tables.table_versions = checked.table_versions and " ~ is_of_a_build
    )) }}
{%- endmacro %}


{#- What tells whether a table was built anew. -#}
{% macro table_versions() -%}
    select md5(coalesce(string_agg(table_oid || version, ' ' order by relation), '')) as table_versions
    from staging._model_versions
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
        insert into staging._checked (is_last, table_versions, started_at)
        select true, table_versions, '{{ run_started_at.isoformat() }}' from ({{ table_versions() }}) as tables
        on conflict (is_last) do update set
            table_versions = excluded.table_versions,
            started_at = excluded.started_at
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
