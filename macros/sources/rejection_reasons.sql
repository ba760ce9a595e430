{#- The reasons why a row may not enter the star, as a text array: `rules` maps each reason to the condition that is
    true for a row that breaks the rule. -#}
{% macro rejection_reasons(rules) -%}
    array_remove(
        array[
            {%- for reason, broken in rules.items() %}
            case when {{ broken }} then '{{ reason }}' end{{ "," if not loop.last }}
            {%- endfor %}
        ]::text[],
        null
    )
{%- endmacro %}
