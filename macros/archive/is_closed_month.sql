{#- True for days of months that may be archived: those that are over (UTC), and of these only the one that the variable
    archive_month (YYYY-MM) names, if it names one. ClickHouse. -#}
{% macro is_closed_month(day) -%}
    {{ day }} < toStartOfMonth(toDate(now('UTC')))
    {%- if var("archive_month", none) %}
    and toStartOfMonth({{ day }}) = toDate('{{ var("archive_month") }}-01')
    {%- endif -%}
{%- endmacro %}
