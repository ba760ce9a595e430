{#- The SQL of a model that is replaced month by month. It is called as a block with two arguments, the condition that is
    true for days of the months to be made, and the version of the model, which each row keeps as _model_version:

        {% call(is_stale, model_version) by_month(stale_summary_months, "sale_date") %}
        select … where {{ is_stale }} …
        {% endcall %}

    The version is a hash over the block with every macro written out, and over how the table is stored: when it has
    changed all months are stale, and the table is built anew (should_full_refresh). `stale` is the macro that finds the
    stale months, `day` the model's own column that tells the month. -#}
{% macro by_month(stale, day) -%}
    {%- do guard_node(model) if execute -%}
    {%- set version = model_version(caller("true", "")) if execute else "" -%}
    /* version {{ version }} */
    {{ caller(in_months("sale_date", stale(day, version) if execute else []), version) }}
{%- endmacro %}


{% macro model_version(rows) -%}
    {%- set parts = [without_comments(rows)] -%}
    {%- for storage in ("order_by", "partition_by", "settings", "projections") -%}
        {%- do parts.append(config.get(storage) | string) -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join(" "))) }}
{%- endmacro %}
