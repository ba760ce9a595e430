{#- A model's rows of ClickHouse go into a table of Greenplum (warehouse/archive/handing_over.py), which shows in ClickHouse
    through a bridge. warehouse/archive/landing.py makes and empties it; every row says which hand-over brought it, `landed_at`,
    and the last one counts: it is one COPY, so it lands whole or not at all. -#}
{% materialization hand_over, adapter="clickhouse" -%}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set columns = columns_of(model).keys() | reject("equalto", "landed_at") | list -%}

    {{ run_hooks(pre_hooks) }}

    {%- set query -%}
        select {{ columns | join(", ") }}, now64(6, 'UTC') from ({{ sql }})
    {%- endset -%}
    {%- set rows = adapter.hand_over(query, target_relation, columns + ["landed_at"]) -%}
    {%- do write(query) -%}
    {%- call noop_statement("main", "COPY " ~ rows, rows_affected=rows) -%}{%- endcall -%}

    {{ run_hooks(post_hooks) }}

    {{ return({"relations": [target_relation]}) }}
{%- endmaterialization %}


{#- The rows of the last hand-over of a landing model, as a query of either engine. With `at_least` there are none where another
    landing model has been handed over since. -#}
{% macro last_hand_over(landing_model, at_least=none) -%}
    {%- set landing = ref(landing_model) -%}
    {%- set columns = [] -%}
    {%- for column in columns_of_model(landing_model) if column != "landed_at" -%}
        {%- do columns.append(column) -%}
    {%- endfor -%}
    select
        {{ columns | join(",\n        ") or "*" }}
    from {{ landing }}
    where
        landed_at = (select max(landed_at) from {{ landing }})
        {%- if at_least %}
        and landed_at >= (select max(landed_at) from {{ ref(at_least) }})
        {%- endif %}
{%- endmacro %}


{#- What is on its way to the archive: source systems and months, as ClickHouse reads them. -#}
{% macro handed_over_months() -%}
    select
        source_system,
        toDate(sale_month) as sale_month,
        toUInt64(sale_lines) as sale_lines,
        quantity,
        amount,
        content_hash
    from ({{ last_hand_over("landing_months") }}) as landed
    where is_handed_over
{%- endmacro %}
