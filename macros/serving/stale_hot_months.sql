{#- The months that hot_sales must replace: those that PostgreSQL has changed since they were read, and those of products,
    customers and stores that have changed, as these stand beside every sale. `global`, because the other servers of a
    cluster do not see PostgreSQL. -#}
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
        {%- for dimension, beside_sales, attributes in (
            (ref("dim_product"), "product_key, product_name, category, supplier", none),
            (ref("dim_customer"), "customer_key, _customer_version", "customer_key, " ~ customer_version()),
            (ref("dim_store"), "store_key, store_name, store_region", "store_key, store_name, region"),
        ) %}
        select sale_month
        from (
            select toStartOfMonth({{ day }}) as sale_month, {{ beside_sales }}
            from {{ this }}
            group by sale_month, {{ beside_sales }}
        )
        where ({{ beside_sales }}) global not in (select {{ attributes or beside_sales }} from {{ dimension }})
        {{- " union distinct" if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {#- A table of another version is made anew, and may lack columns of this one. -#}
    {%- set is_comparable = execute and recorded_version(this) == model_version -%}
    {{ return(stale_months(wanted, held, also=attributes_changed if is_comparable)) }}
{%- endmacro %}


{#- What hot_sales has of a customer, as a number: the age band of a sale depends on its day as well. -#}
{% macro customer_version(customers="") -%}
    sipHash64(
        {%- for attribute in ("birthday", "age_group", "gender", "city", "region") -%}
        ifNull(toString({{ customers }}{{ attribute }}), ''){{ ", " if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}
