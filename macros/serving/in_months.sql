{#- True for days of the given months (a sorted list of first days); false if there are none. Ranges of literals, as
    these are what ClickHouse hands on to PostgreSQL, which then reads no other month. -#}
{% macro in_months(day, months) -%}
    {%- set ranges = [] -%}
    {%- for month in months -%}
        {%- set first = modules.datetime.date.fromisoformat(month | string) -%}
        {%- set next = (first + modules.datetime.timedelta(days=31)).replace(day=1) -%}
        {%- if ranges and ranges[-1][1] == first -%}
            {%- set first = ranges.pop()[0] -%}
        {%- endif -%}
        {%- do ranges.append([first, next]) -%}
    {%- endfor -%}
    (
        {%- for first, next in ranges %}
        {{ "or " if not loop.first }}({{ day }} >= '{{ first }}' and {{ day }} < '{{ next }}')
        {%- else %}
        false
        {%- endfor %}
    )
{%- endmacro %}
