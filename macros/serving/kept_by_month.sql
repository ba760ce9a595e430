{#- A projection of hot_sales: what ClickHouse keeps of each month beside its rows, and reads in their place where a query
    groups by the month and asks for no more. So what looks at all months does not look at all sales. -#}
{% macro kept_by_month(name, columns=none, aggregates=none) -%}
    {%- set keys = ["toStartOfMonth(sale_date)"] + ([columns] if columns else []) -%}
    {{ return({
        "name": name,
        "query": "select " ~ (keys + ([aggregates] if aggregates else [])) | join(", ") ~ " group by " ~ keys | join(", "),
    }) }}
{%- endmacro %}
