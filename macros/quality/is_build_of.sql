{#- Whether this is a build that has a model in it: its tests look at what came since the last one. Of a build or a test by
    itself somebody wants to be shown more. Ask for `execute` first, as the linter knows no run. -#}
{% macro is_build_of(model_name) -%}
    {{ return(flags.WHICH == "build" and "model.warehouse." ~ model_name in selected_resources) }}
{%- endmacro %}
