{#- Refuses to build a node on an engine that is not its own: a typo in --select would otherwise build, say, a
    ClickHouse model on PostgreSQL, where it would be found by every later ref(). -#}
{% macro guard_engine() -%}
    {%- set engine_of_tag = {
        "postgres": "postgres",
        "clickhouse": "clickhouse",
        "landing": "clickhouse",
        "landing_dimensions": "clickhouse",
        "reconciliation": "clickhouse",
        "greenplum": "greenplum",
        "verification": "greenplum",
    } -%}
    {%- if execute and flags.WHICH in ("build", "run", "seed", "snapshot", "test") -%}
        {%- for unique_id in selected_resources -%}
            {%- set node = graph.nodes.get(unique_id) -%}
            {%- set owner = graph.nodes.get(node.attached_node, node) if node else {"tags": []} -%}
            {%- for tag in owner.tags if engine_of_tag.get(tag, target.name) != target.name -%}
                {%- do exceptions.raise_compiler_error(
                    owner.name ~ " belongs to " ~ engine_of_tag[tag] ~ ", and the target is " ~ target.name
                    ~ ": run it with --target " ~ engine_of_tag[tag] ~ " --selector " ~ tag
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
