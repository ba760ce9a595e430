{#- The SQL of a model whose rows are made of all months, as what it counts cannot be added up. It is called as a block with two
    arguments, the condition that is true for the sales to be read, and what each row keeps of what it was made of:

        {% call(is_read, made_of) of_all_months() %}
        select …, {{ made_of }} from … where {{ is_read }} …
        {% endcall %}

    All sales are read, and all rows replaced at once, where hot_sales has changed since; else none. As with by_month
    another version of the model makes the table anew. -#}
{% macro of_all_months() -%}
    {%- do guard_node(model) if execute -%}
    {%- set version = model_version(caller("true", "")) if execute else "" -%}
    {%- set state = state_of_hot_sales() -%}
    {%- set is_of_version = execute and is_incremental() and recorded_version(this) == version -%}
    {%- set is_as_it_was = is_of_version and first_column("select _made_of from " ~ this ~ " limit 1") == [state] -%}
    {%- set made_of -%}
        toLowCardinality('{{ state }}') as _made_of,
        toLowCardinality('{{ version }}') as _model_version
    {%- endset -%}
    /* version {{ version }} */
    {{ caller("false" if is_as_it_was else "true", made_of) }}
{%- endmacro %}


{#- Whatever changes a month, or takes it away, changes this. -#}
{% macro state_of_hot_sales() -%}
    {%- set query -%}
        select concat(toString(sum(sale_lines)), ' lines, ', toString(max(refreshed_at)))
        from (
            select
                toStartOfMonth(sale_date) as sale_month,
                count() as sale_lines,
                max(_refreshed_at) as refreshed_at
            from {{ ref("hot_sales") }}
            group by sale_month
        )
    {%- endset -%}
    {{ return(first_column(query) | first | default("", true)) }}
{%- endmacro %}


{#- Post-hook of such a model: without any sales there is nothing that replaces its rows. -#}
{% macro empty_without_sales() -%}
    {%- if execute and not first_column("select 1 from " ~ ref("hot_sales") ~ " limit 1") -%}
        truncate table {{ shard_of(this) }} {{ on_cluster_clause(shard_of(this)) }}
    {%- endif -%}
{%- endmacro %}
