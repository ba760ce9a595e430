{#- What the rules judged of a row, as it was written: a jsonb of its fields, by the first word of the reasons that may be
    given for them. Null for acceptable rows. Wants rejection_reasons beside it. -#}
{% macro judged_values(fields) -%}
    case
        when rejection_reasons is not null then jsonb_strip_nulls(jsonb_build_object(
            {%- for name, field in fields.items() %}
            '{{ name }}', {{ field }}{{ "," if not loop.last }}
            {%- endfor %}
        ))
    end
{%- endmacro %}
