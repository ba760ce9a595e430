{#- Post-hook of agreement: a line for each source system and month that differed in this run, with what both hold. -#}
{% macro say_where_engines_differ() -%}
    {%- set query -%}
        select *
        from {{ this }}
        where not agrees and checked_at = (select max(checked_at) from {{ this }})
        order by source_system, sale_month
    {%- endset -%}
    {%- for row in (run_query(query).rows if execute else []) -%}
        {%- set sides = [] -%}
        {%- for side, engine in (("postgres", "PostgreSQL"), ("clickhouse", "ClickHouse")) -%}
            {%- do sides.append(
                engine ~ " holds " ~ row[side ~ "_lines"] ~ " lines, quantity " ~ row[side ~ "_quantity"]
                ~ ", amount " ~ row[side ~ "_amount"] ~ ", hash " ~ row[side ~ "_hash"]
            ) -%}
        {%- endfor -%}
        {%- do log(row["source_system"] ~ " " ~ (row["sale_month"] | string)[:7] ~ ": " ~ sides | join("; "), info=True) -%}
    {%- endfor -%}
{%- endmacro %}
