{#- The months that hot_sales must replace: those that PostgreSQL has changed since they were read, and those of products
    and customers that have changed, as these stand beside every sale. `global`,
    because the other servers of a cluster do not see PostgreSQL. -#}
{% macro stale_hot_months(day, model_version) -%}
    {%- set wanted -%}
        select sale_month, sale_lines, (changed_at, '{{ model_version }}') as version
        from {{ ref("hot_months") }}
    {%- endset -%}
    {%- set held -%}
        select
            toStartOfMonth({{ day }}) as sale_month,
            count() as sale_lines,
            (max(_changed_at), max(toString(_model_version))) as version
        from {{ this }}
        group by sale_month
    {%- endset -%}
    {%- set attributes_changed -%}
        select distinct toStartOfMonth({{ day }}) as sale_month
        from {{ this }}
        where
            (product_key, product_name, category, supplier) global not in (
                select product_key, product_name, category, supplier from {{ ref("dim_product") }}
            )
            or (customer_key, age_group, gender, city, region) global not in (
                select customer_key, age_group, gender, city, region from {{ ref("dim_customer") }}
            )
    {%- endset -%}
    {{ return(stale_months(wanted, held, also=attributes_changed)) }}
{%- endmacro %}
