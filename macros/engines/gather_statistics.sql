{#- Post-hook: a table that was made a moment ago has no statistics yet, and a plan made without them can take hours
    where it should take seconds. -#}
{% macro gather_statistics() -%}
    {%- if config.get("materialized") != "view" -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
