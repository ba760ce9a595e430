{#- True for the row that counts among those with the same business id: of the acceptable ones the last that was
    loaded, and in one file the last line. -#}
{% macro is_current_version(business_id, acceptable) -%}
    (
        {{ acceptable }}
        and row_number() over (
            partition by {{ business_id }}, {{ acceptable }}
            order by _load_id desc, _source_line desc
        ) = 1
    )
{%- endmacro %}
