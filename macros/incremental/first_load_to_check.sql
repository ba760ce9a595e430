{#- Tests of lines look at the loads of the last days (variable checked_days), so that a day's build costs the same
    after ten years: the first of them. It is the very first where a table was built anew in these days. -#}
{% macro first_load_to_check() -%}
    {%- set since -%} now() - interval '1 day' * {{ var("checked_days") }} {%- endset -%}
    {{ return(one_value(
        "select case when exists (select from staging._model_versions where built_at > " ~ since ~ ") then 0 else "
        ~ "coalesce((select min(load_id) from raw._loads where finished_at > " ~ since ~ "), 9223372036854775807) end"
    )) }}
{%- endmacro %}
