{#- A schema has the same name on every engine: ref() of a model of one engine is then valid on another, where that
    schema is a bridge to the first. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
