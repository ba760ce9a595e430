{#- Run-operation on Greenplum, before ClickHouse hands over: makes the landing tables anew and empty, as ClickHouse can
    write into a table there but not make one. What is archived already is put beside them, so that ClickHouse sends
    only the months that are missing or have changed. One transaction: a reader finds the old tables or the new. -#}
{% macro prepare_landing() -%}
    {%- if target.name != "greenplum" -%}
        {%- do exceptions.raise_compiler_error("prepare_landing runs with --target greenplum, not " ~ target.name) -%}
    {%- endif -%}
    {%- set ledger = adapter.get_relation(target.database, "archive", "archive_ledger") -%}
    {%- call statement("prepare_landing") -%}
        begin;
        create schema if not exists landing;
        create schema if not exists archive;
        {%- for node in graph.nodes.values() if node.resource_type == "model" and "landing" in node.tags %}
        drop table if exists landing.{{ node.name }};
        create table landing.{{ node.name }} (
            {%- for column in node.columns.values() %}
            {{ column.name }} {{ column.data_type }}{{ "," if not loop.last }}
            {%- endfor %}
        )
        {{ distribution(node.config.get("meta").distributed_by, false) }};
        {%- endfor %}
        drop table if exists landing.archived_months;
        create table landing.archived_months (
            sale_month date not null,
            content_hash text not null
        )
        {{ distribution("sale_month", false) }};
        {%- if ledger %}
        insert into landing.archived_months
        select distinct on (sale_month) sale_month, content_hash
        from archive.archive_ledger
        order by sale_month, archived_at desc;
        {%- endif %}
        commit;
    {%- endcall -%}
{%- endmacro %}
