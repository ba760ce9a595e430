{#- The SQL of a model that is replaced month by month. It is called as a block with two arguments, the condition that is
    true for days of the months to be made, and the version of the model, which each row keeps as _model_version:

        {% call(is_stale, model_version) by_month(stale_summary_months, "sale_date") %}
        select … where {{ is_stale }} …
        {% endcall %}

    The version is a hash over the block with every macro written out: after a changed rule all months are stale. `stale`
    is the macro that finds the stale months, `day` the model's own column that tells the month. -#}
{% macro by_month(stale, day) -%}
    {%- set model_version = local_md5(caller("true", "")) if execute else "" -%}
    {{ caller(in_months("sale_date", stale(day, model_version) if execute else []), model_version) }}
{%- endmacro %}
