{#- On-run-start on each engine: whatever this run does, and however it ends, the last complete run is no longer what the
    engine holds. `warehouse run` makes the mark anew at its very end (warehouse/road/completion.py). Nor is the star what
    one project built (warehouse/road/same_project.py). -#}
{% macro void_completed_run() -%}
    {%- if execute and flags.WHICH in ("build", "run", "seed", "snapshot", "clone") -%}
        {%- set cluster = adapter.get_clickhouse_cluster_name() if target.type == "clickhouse" -%}
        drop table if exists {{ target.schema }}._completed_run {{ "ON CLUSTER " ~ cluster if cluster }}
        {{- "; drop table if exists staging._built_project" if target.name == "postgres" }}
    {%- endif -%}
{%- endmacro %}
