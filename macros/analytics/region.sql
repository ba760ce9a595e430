{#- Where a sale went: to the city of its customer now, or, where that is not known, to the country of the sale. -#}
{% macro region(sales, customers) -%}
    case
        when {{ customers }}.city <> 'Unknown' then {{ customers }}.city
        else {{ sales }}.country
    end
{%- endmacro %}
