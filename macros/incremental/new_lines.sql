{#- The lines of a raw table: all of them, or those of the loads that this model has not read yet. Load ids of one raw
    table become visible in their order, so the highest one seen is the watermark. It stands in the SQL as a number,
    since only then the planner knows how few rows lie above it. -#}
{% macro new_lines(raw_table, incremental) -%}
    {{ lines_of(raw_table) }}
    {%- if incremental %}
    where _load_id > {{ watermark(this) }}
    {%- endif %}
{%- endmacro %}


{#- A raw table; no lines with its columns where nothing was ever loaded from its source system. -#}
{% macro lines_of(raw_table) -%}
    {#- A unit test gives its lines as a CTE. -#}
    {%- if not execute or raw_table.is_cte or one_value("select to_regclass('" ~ raw_table ~ "')") -%}
        {{ return(raw_table) }}
    {%- endif -%}
    {%- set types = {"_source_line": "bigint", "_load_id": "bigint", "_loaded_at": "timestamptz"} -%}
    {%- set columns = [] -%}
    {%- for source in graph.sources.values() if source.schema == raw_table.schema and source.identifier == raw_table.identifier -%}
        {%- for column in source.columns -%}
            {%- do columns.append("null::" ~ types.get(column, "text") ~ " as " ~ adapter.quote(column)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return("(select " ~ columns | join(", ") ~ " where false) as " ~ raw_table.identifier) }}
{%- endmacro %}


{#- The highest load id in a table, of one source system where it holds several; 0 for an empty table or none. -#}
{% macro watermark(relation, source_system=none, load_id="_load_id") -%}
    {%- if not execute or not adapter.get_relation(relation.database, relation.schema, relation.identifier) -%}
        {{ return(0) }}
    {%- endif -%}
    {{ return(one_value(
        "select coalesce(max(" ~ load_id ~ "), 0) from " ~ relation
        ~ (" where source_system = '" ~ source_system ~ "'" if source_system else "")
    )) }}
{%- endmacro %}


{#- The loads whose rows are no longer in a raw table: the file has changed and was loaded again, the table was emptied, or
    the source system was taken out. An array, so that the planner looks each up in an index. -#}
{% macro ended_loads(how=["replaced", "lost", "removed"]) -%}
    any(array(select load_id from {{ source("ingestion", "_loads") }} where status in ('{{ how | join("', '") }}')))
{%- endmacro %}
