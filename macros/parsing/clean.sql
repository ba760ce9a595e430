{#- The text of a field without surrounding white space; null where nothing is left. -#}
{% macro clean_text(field) -%}
    nullif(btrim({{ field }}, E' \t\r\n\u00a0'), '')
{%- endmacro %}


{#- A business id: exports differ in letter case and stray spaces, ids do not. -#}
{% macro clean_id(field) -%}
    upper({{ clean_text(field) }})
{%- endmacro %}


{#- A name that people typed: one spelling for `TOYS`, `toys` and ` Toys `; 'Unknown' where there is none, so that
    a report never groups by null. -#}
{% macro clean_label(field) -%}
    coalesce(initcap({{ clean_text(field) }}), 'Unknown')
{%- endmacro %}
