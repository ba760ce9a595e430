{#- On-run-start: refuses to build a node on an engine that is not its own. A typo in --select would otherwise build, say,
    a ClickHouse model on PostgreSQL, where it would be found by every later ref(). -#}
{% macro guard_engine() -%}
    {%- if execute and flags.WHICH in ("build", "run", "seed", "snapshot", "test") -%}
        {%- for unique_id in selected_resources -%}
            {%- set node = graph.nodes.get(unique_id) -%}
            {%- do guard_node(graph.nodes.get(node.attached_node, node)) if node -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro guard_node(node) -%}
    {%- set ns = namespace(engine=none) -%}
    {%- for engine, tags in var("builds").items() if node.tags | select("in", tags) | list -%}
        {%- set ns.engine = engine -%}
    {%- endfor -%}
    {%- if ns.engine not in (none, target.name) -%}
        {%- do exceptions.raise_compiler_error(
            node.name ~ " belongs to " ~ ns.engine ~ ", and the target is " ~ target.name ~ ": say --target " ~ ns.engine
            ~ ", or have each engine build its part with make build SELECT=… (warehouse build --select …)"
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#- The schemas that lie on an engine. -#}
{% macro schemas_on(engine) -%}
    {{ return(var("schemas")[engine] if execute else []) }}
{%- endmacro %}


{#- Replaces dbt's own: what `dbt show` runs. -#}
{% macro get_show_sql(compiled_code, sql_header, limit) -%}
    {%- do guard_node(model) -%}
    {{- dbt.get_show_sql(compiled_code, sql_header, limit) -}}
{%- endmacro %}
