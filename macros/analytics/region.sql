{#- Where a sale went: to the region of its customer's city (seeds/regions.csv) as the customer is now. Where that is not
    known, the country of the sale, and else the city itself. -#}
{% macro region(sales, customers) -%}
    coalesce(nullif({{ customers }}.region, 'Unknown'), nullif({{ sales }}.country, 'Unknown'), {{ customers }}.city)
{%- endmacro %}
