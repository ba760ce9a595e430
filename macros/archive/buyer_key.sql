{#- The key that sales are distributed by on Greenplum. A known customer's sales lie where the customer lies, so joining
    the two moves no row. A sale without a known customer is a buyer of its own, or all of those sales, a quarter of them in
    some shops, would lie on one segment, which every query would then wait for. -#}
{% macro buyer_key(sales) -%}
    case
            when {{ sales }}.customer_key = '{{ var("unknown_key") }}'::uuid then {{ sales }}.sale_key
            else {{ sales }}.customer_key
        end
{%- endmacro %}
