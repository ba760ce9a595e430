{#- The first days of the months that ClickHouse has handed over, in order. Nothing while dbt only parses. -#}
{% macro landed_days_of_months() -%}
    {%- set found = [] -%}
    {%- set landing_months = ref("landing_months") -%}
    {%- if execute -%}
        {%- set months = run_query("select distinct sale_month from " ~ landing_months ~ " order by 1") -%}
        {%- for row in months.rows -%}
            {%- do found.append((row[0] | string)[:10]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{#- The same as literals for Greenplum: with them its planner leaves the other partitions alone. -#}
{% macro landed_months() -%}
    {%- set found = [] -%}
    {%- for day in landed_days_of_months() -%}
        {%- do found.append("date '" ~ day ~ "'") -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- A condition for ClickHouse: the days of the landed months. Ranges of literals, as it hands these on to PostgreSQL and
    Greenplum, which then send no other months. -#}
{% macro landed_days() -%}
    {%- set ranges = [] -%}
    {%- for day in landed_days_of_months() -%}
        {%- set month = modules.datetime.datetime.strptime(day, "%Y-%m-%d") -%}
        {%- set next_month = (month + modules.datetime.timedelta(days=31)).strftime("%Y-%m-01") -%}
        {%- do ranges.append("sale_date >= '" ~ day ~ "' and sale_date < '" ~ next_month ~ "'") -%}
    {%- endfor -%}
    ({{ ranges | join(" or ") or "false" }})
{%- endmacro %}
