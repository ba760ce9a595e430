{#- Refuses to build a node on an engine that is not its own: a typo in --select would otherwise build, say, a
    ClickHouse model on PostgreSQL, where it would be found by every later ref(). -#}
{% macro guard_engine() -%}
    {#- The tag of a node, the engine that builds it, and what one types for it. -#}
    {%- set commands = {
        "postgres": ("postgres", "dbt build"),
        "clickhouse": ("clickhouse", "dbt build --target clickhouse"),
        "landing": ("clickhouse", "warehouse archive"),
        "landing_dimensions": ("clickhouse", "warehouse build"),
        "reconciliation": ("clickhouse", "dbt test --target clickhouse --selector reconciliation"),
        "greenplum": ("greenplum", "dbt build --target greenplum"),
        "verification": ("greenplum", "warehouse verify-archive"),
    } -%}
    {%- if execute and flags.WHICH in ("build", "run", "seed", "snapshot", "test") -%}
        {%- for unique_id in selected_resources -%}
            {%- set node = graph.nodes.get(unique_id) -%}
            {%- set owner = graph.nodes.get(node.attached_node, node) if node else {"tags": []} -%}
            {%- for tag in owner.tags if tag in commands and commands[tag][0] != target.name -%}
                {%- do exceptions.raise_compiler_error(
                    owner.name ~ " belongs to " ~ commands[tag][0] ~ ", and the target is " ~ target.name
                    ~ ": '" ~ commands[tag][1] ~ "' does it there"
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
