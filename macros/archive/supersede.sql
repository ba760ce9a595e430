{#- Post-hook of historical_sales: notes which versions the new ones replace, in the same transaction. -#}
{% macro supersede() -%}
    {%- set months = landed_months() -%}
    {%- set superseded_sales = ref("superseded_sales") -%}
    {%- if months -%}
    insert into {{ superseded_sales }} (sale_month, sale_key, buyer_key, version, superseded_at)
    select
        earlier.sale_month,
        earlier.sale_key,
        earlier.buyer_key,
        earlier.version,
        entering.archived_at
    from entering_{{ this.identifier }} as entering
    inner join {{ this }} as earlier
        on entering.sale_month = earlier.sale_month
        and entering.sale_key = earlier.sale_key
        and entering.version - 1 = earlier.version
    where
        entering.version > 1
        and earlier.sale_month in ({{ months | join(", ") }})
    {%- endif -%}
{%- endmacro %}
