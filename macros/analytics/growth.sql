{#- Change against an earlier amount, as a ratio: 0.05 is five percent more. Null where there is nothing to compare
    with, and where the earlier amount is not above zero, of which nothing can be a part. -#}
{% macro growth(amount, earlier_amount) -%}
    round(({{ amount }} - {{ earlier_amount }}) / case when {{ earlier_amount }} > 0 then {{ earlier_amount }} end, 4)
{%- endmacro %}
