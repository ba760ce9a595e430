{#- The reasons why a row may not enter the star, as one text; null for an acceptable row. `rules` maps each reason to
    the condition that is true for a row that breaks the rule. -#}
{% macro rejection_reasons(rules) -%}
    nullif(concat_ws(
        '; ',
        {%- for reason, broken in rules.items() %}
        case when {{ broken }} then '{{ reason }}' end{{ "," if not loop.last }}
        {%- endfor %}
    ), '')
{%- endmacro %}
