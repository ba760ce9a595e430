{#- The months that a summary must replace: those that hot_sales has read anew since. -#}
{% macro stale_summary_months(day, model_version) -%}
    {%- set wanted -%}
        select
            toStartOfMonth(sale_date) as sale_month,
            count() as sale_lines,
            (max(_refreshed_at), '{{ model_version }}') as version
        from {{ ref("hot_sales") }}
        group by sale_month
    {%- endset -%}
    {%- set held -%}
        select
            toStartOfMonth({{ day }}) as sale_month,
            sum(summary.sale_lines) as sale_lines,
            (max(_refreshed_at), toString(max(_model_version))) as version
        from {{ this }} as summary
        group by sale_month
    {%- endset -%}
    {{ return(stale_months(wanted, held)) }}
{%- endmacro %}
