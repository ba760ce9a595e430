{#- The first days of the months that ClickHouse has handed over, in order. Nothing while dbt only parses. -#}
{% macro landed_days_of_months() -%}
    {%- set found = [] -%}
    {%- set query -%}
        select distinct sale_month from ({{ last_hand_over("landing_months") }}) as landed
        where is_handed_over
        order by sale_month
    {%- endset -%}
    {%- if execute -%}
        {%- do guard_node(model) -%}
        {%- for row in run_query(query).rows -%}
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


{#- A condition for ClickHouse: the days of the landed months. -#}
{% macro landed_days() -%}
    {{ in_months("sale_date", landed_days_of_months()) }}
{%- endmacro %}
