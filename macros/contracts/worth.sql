{#- What follows from a sale's own columns, the same on every engine; what `amount` is says the contract of fct_sales. Neither
    is kept in the star or the archive. -#}


{#- Before the discount. -#}
{% macro gross_amount(sales) -%} {{ sales }}.quantity * {{ sales }}.unit_price {%- endmacro %}


{#- Null where the cost is not known. -#}
{% macro margin(sales) -%} {{ sales }}.amount - {{ sales }}.cost {%- endmacro %}
