{#- Post-hook of historical_sales: notes which versions the new ones replace, in the same transaction. -#}
{% macro supersede() -%}
    {%- set months = landed_months() -%}
    {%- if months -%}
    {{ note_superseded(this, entering_of(this), "sale_month in (" ~ months | join(", ") ~ ")") }}
    {%- endif -%}
{%- endmacro %}


{#- entering: the table of the new versions; is_of_months: a condition on `sale_month`, for the planner. -#}
{% macro note_superseded(sales, entering, is_of_months) -%}
    insert into {{ ref("superseded_sales") }} (sale_month, sale_key, buyer_key, version, superseded_at)
    select distinct
        earlier.sale_month,
        earlier.sale_key,
        earlier.buyer_key,
        earlier.version,
        entering.archived_at
    from {{ entering }} as entering
    inner join {{ sales }} as earlier
        on entering.sale_month = earlier.sale_month
        and entering.sale_key = earlier.sale_key
        and entering.version - 1 = earlier.version
    where
        entering.version > 1
        and earlier.{{ is_of_months }}
{%- endmacro %}
