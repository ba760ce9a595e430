{#- ClickHouse writes a model's rows into a table of another engine, which shows in ClickHouse through a bridge. The
    table is made by prepare_landing; the insert is one COPY on the other side, so it lands whole or not at all. -#}
{% materialization hand_over, adapter="clickhouse" -%}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set columns = model.columns.keys() | join(", ") -%}

    {{ run_hooks(pre_hooks) }}

    {%- call statement("main") -%}
        insert into {{ target_relation }} ({{ columns }})
        select {{ columns }} from ({{ sql }})
    {%- endcall -%}

    {{ run_hooks(post_hooks) }}

    {{ return({"relations": [target_relation]}) }}
{%- endmaterialization %}
