{#- A condition of a report, which holds for all rows until `make report` is asked for some: it puts in what FROM, TO,
    CATEGORY or SOURCE say in the place of the comment (warehouse/reporting/asked.py). So a report that dbt has compiled
    need not be compiled again, and runs as it is in any client.
    - day: the column of the day on which a row's period begins; year: that of the calendar year, where there is no day.
    - category, source: the columns that are compared; none where the report has no such thing. -#}
{% macro asked_for(day=none, year=none, category=none, source="source_system") -%}
    {%- set columns = {"day": day, "year": year, "category": category, "source": source} -%}
    {%- set named = [] -%}
    {%- for what, column in columns.items() if column -%}
        {%- do named.append(what ~ "=" ~ column) -%}
    {%- endfor -%}
    true /* asked for: {{ named | join(", ") }} */
{%- endmacro %}
