{#- A key that is the same after every rebuild and on every engine: the MD5 of the source system and the business id,
    as uuid. Null where the id is null. -#}
{% macro surrogate_key(source_system, business_id) -%}
    md5({{ source_system }} || '|' || {{ business_id }})::uuid
{%- endmacro %}
