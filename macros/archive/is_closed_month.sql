{#- True for days of months that are over (UTC), and so may be archived. ClickHouse. -#}
{% macro is_closed_month(day) -%}
    {{ day }} < toStartOfMonth(toDate(now('UTC')))
{%- endmacro %}
