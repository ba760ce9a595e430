{#- How many days a month has, by its first day. -#}
{% macro days_of_month(first_day) -%}
    extract(day from {{ first_day }} + interval '1 month' - interval '1 day')::integer
{%- endmacro %}
