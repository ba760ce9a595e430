{#- Replaces dbt's own, which writes a table for every test and drops it if there is nothing in it: most of what a test of a
    few rows takes. Here a test counts, and only rows that fail are written. -#}
{% materialization test, default -%}
    {%- set failing_rows = get_limit_subquery_sql(sql, config.get("limit")) -%}
    {#- What warns may do so in each build. Its rows are then kept without being looked for once more. -#}
    {%- set is_found_once = should_store_failures() and config.get("severity") | lower == "warn" and target.type != "clickhouse" -%}
    {%- if is_found_once -%}
        {%- call statement("find_failures", auto_begin=True) -%}
            create temporary table failures_found on commit drop as {{ failing_rows }}
        {%- endcall -%}
        {%- set failing_rows = "select * from failures_found" -%}
    {%- endif -%}

    {%- call statement("main", fetch_result=True) -%}
        {{ get_test_sql(
            failing_rows, config.get("fail_calc"), config.get("warn_if"), config.get("error_if"), limit=none
        ) }}
    {%- endcall -%}

    {%- set has_failures = should_store_failures() and load_result("main")["table"].rows[0]["failures"] -%}
    {%- if has_failures -%}
        {%- set kept = api.Relation.create(schema=schema, identifier=model["alias"], database=database, type="table") -%}
        {%- do adapter.drop_relation(kept) -%}
        {%- call statement("keep_failures", auto_begin=True) -%}
            {{ get_create_sql(kept, failing_rows) }}
        {%- endcall -%}
    {%- endif -%}
    {%- if is_found_once or has_failures -%}
        {%- do adapter.commit() -%}
    {%- endif -%}

    {{ return({"relations": []}) }}
{%- endmaterialization %}
