{#- The months that this model must replace, sorted: those of which it holds other lines, or another version, than it
    should. `wanted` and `held` are queries for sale_month, sale_lines and version. What a table holds is read from the
    table itself: a watermark that is in the data cannot be ahead of them, however a run ends. `also` is a query for
    further months. -#}
{% macro stale_months(wanted, held, also=none) -%}
    {%- set query -%}
        with wanted as ({{ wanted }})
        {%- if is_incremental() %},

        held as ({{ held }}),

        stale as (

            -- What is on both sides is up to date.
            select sale_month
            from (select * from wanted union all select * from held)
            group by sale_month, sale_lines, version
            having count() = 1
            {%- if also %}
            union distinct
            {{ also }}
            {%- endif %}

        )
        {%- endif %}

        select sale_month
        from wanted
        {%- if is_incremental() %}
        where sale_month in (select sale_month from stale)
        {%- endif %}
        order by sale_month
    {%- endset -%}
    {{ return(first_column(query)) }}
{%- endmacro %}
