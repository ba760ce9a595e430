{#- The first days of the months that ClickHouse has handed over, in order: literals for Greenplum, with which its
    planner leaves the other partitions alone. Nothing while dbt only parses. -#}
{% macro landed_months() -%}
    {%- set found = [] -%}
    {%- set query -%}
        select distinct sale_month from ({{ last_hand_over("landing_months") }}) as landed
        where is_handed_over
        order by sale_month
    {%- endset -%}
    {%- if execute -%}
        {%- do guard_node(model) -%}
        {%- for row in run_query(query).rows -%}
            {%- do found.append("date '" ~ (row[0] | string)[:10] ~ "'") -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
