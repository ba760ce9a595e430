{#- The columns of a node, name → what YAML says of it. One with `meta: {copies: fct_sales}` has those of that model, which
    are described there alone, but for where a line came from (`_…`) and what has `meta: {copied: false}`, and its own
    behind them. With
    `meta: {attributes_of: fct_sales}` it has those alone that are attributes (macros/staging/attributes.sql). -#}
{% macro columns_of(node) -%}
    {%- set found = {} -%}
    {%- set meta = node.config.meta or {} -%}
    {%- set copied = meta.copies or meta.attributes_of -%}
    {%- if execute and copied -%}
        {%- for column in graph.nodes["model.warehouse." ~ copied].columns.values() -%}
            {%- set about = column.config.meta -%}
            {%- set is_copied = not column.name.startswith("_") and about.copied is not false -%}
            {%- if about.attribute or (meta.copies and is_copied) -%}
                {%- do found.update({column.name: column}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do found.update(node.columns) -%}
    {{ return(found) }}
{%- endmacro %}


{#- Those of a model of the project, by its name; none while dbt parses. -#}
{% macro columns_of_model(name) -%}
    {{ return(columns_of(graph.nodes["model.warehouse." ~ name]) if execute else {}) }}
{%- endmacro %}


{#- Replaces dbt's own, which knows the columns alone that stand in the model's own YAML. -#}
{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}
    {%- set described = dict(model, columns=columns_of(model)) -%}
    {{ return(adapter.dispatch("persist_docs", "dbt")(relation, described, for_relation, for_columns)) }}
{%- endmacro %}


{#- The attributes of a sale as a query of any engine selects them, each with a comma behind it. -#}
{% macro select_attributes(relation) -%}
    {%- for name in sale_attributes() -%}
        {{ relation }}.{{ name }},{{ "\n        " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- The same for ClickHouse: texts have few values. -#}
{% macro serve_attributes(relation) -%}
    {%- for name, attribute in sale_attributes().items() -%}
        {%- set value = relation ~ "." ~ name -%}
        {{ "toLowCardinality(" ~ value ~ ")" if attribute.data_type == "text" else value }} as {{ name }},
        {{- "\n        " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
