{#- True for days of months that may be archived: those that are over (UTC), or the one named by the variable
    archive_month (YYYY-MM). ClickHouse. -#}
{% macro is_closed_month(day) -%}
    {{ day }} < toStartOfMonth(toDate(now('UTC')))
    {%- if var("archive_month", none) %}
    and toStartOfMonth({{ day }}) = toDate('{{ var("archive_month") }}-01')
    {%- endif -%}
{%- endmacro %}
