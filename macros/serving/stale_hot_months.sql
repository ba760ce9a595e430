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
            (max(_changed_at), toString(max(_model_version))) as version
        from {{ this }}
        group by sale_month
    {%- endset -%}
    {%- set attributes_changed -%}
        {%- for dimension, attributes in (
            (ref("dim_product"), "product_key, product_name, category, supplier"),
            (ref("dim_customer"), "customer_key, age_group, gender, city, region"),
        ) %}
        select sale_month
        from (
            select toStartOfMonth({{ day }}) as sale_month, {{ attributes }}
            from {{ this }}
            group by sale_month, {{ attributes }}
        )
        where ({{ attributes }}) global not in (select {{ attributes }} from {{ dimension }})
        {{- " union distinct" if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {{ return(stale_months(wanted, held, also=attributes_changed)) }}
{%- endmacro %}
