{#- Post-hook of models that are replaced month by month: drops the months that are no longer hot, which no strategy of
    dbt's does, as it replaces by what there is. -#}
{% macro drop_months_gone() -%}
    {%- set table = shard_of(this) -%}
    {%- set cluster = adapter.get_clickhouse_cluster_name() if execute -%}
    {%- set query -%}
        select distinct partition_id
        from {{ "cluster(" ~ cluster ~ ", system.parts)" if cluster else "system.parts" }}
        where
            active
            and database = '{{ table.schema }}'
            and table = '{{ table.identifier }}'
            and partition_id global not in (select toString(toYYYYMM(sale_month)) from {{ ref("hot_months") }})
    {%- endset -%}
    {%- set partitions = first_column(query) -%}
    {%- if partitions -%}
        alter table {{ table }} {{ on_cluster_clause(table) }}
        {%- for partition in partitions %}
        drop partition id '{{ partition }}'{{ "," if not loop.last }}
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}


{#- Pre-hook of the same: drops what a killed run left beside the table. -#}
{% macro drop_leftovers() -%}
    {%- for suffix in ("__dbt_new_data", "__dbt_distributed_new_data") -%}
        {%- set query -%}
            select name
            from system.tables
            where database = '{{ this.schema }}' and startsWith(name, '{{ this.identifier }}{{ suffix }}')
        {%- endset -%}
        {%- for name in first_column(query) -%}
            {%- do adapter.drop_relation(this.incorporate(path={"identifier": name}, type="table")) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}


{#- Where a table's rows lie: on a cluster in a local table of each server, else in the table itself. -#}
{% macro shard_of(relation) -%}
    {%- if not execute or not adapter.get_clickhouse_cluster_name() -%}
        {{ return(relation) }}
    {%- endif -%}
    {{ return(relation.incorporate(path={
        "schema": adapter.get_clickhouse_local_db_prefix() ~ relation.schema,
        "identifier": relation.identifier ~ adapter.get_clickhouse_local_suffix(),
    })) }}
{%- endmacro %}
