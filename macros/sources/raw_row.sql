{#- The fields of a raw row as they came, as jsonb, for people who look into the quarantine. Null for acceptable rows,
    which need no second copy. Wants rejection_reasons beside it. -#}
{% macro raw_row(fields) -%}
    case
        when rejection_reasons is not null then jsonb_build_object(
            {%- for field in fields %}
            '{{ field }}', {{ field }}{{ "," if not loop.last }}
            {%- endfor %}
        )
    end
{%- endmacro %}
