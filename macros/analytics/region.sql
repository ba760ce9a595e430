{#- Where a sale went: its own country, where the source system tells it, and else the city of its customer. -#}
{% macro region(sales, customers) -%}
    case
        when {{ sales }}.country <> 'Unknown' then {{ sales }}.country
        else {{ customers }}.city
    end
{%- endmacro %}
