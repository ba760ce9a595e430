{#- Where a sale was made: in the region of its store, as the store is now. Without one, in that of its customer's city
    (seeds/regions.csv), as the customer is now; where that is not known, the country of the sale, and else the city. -#}
{% macro region(sales, customers, stores) -%}
    coalesce(
            nullif({{ stores }}.region, 'Unknown'),
            nullif({{ customers }}.region, 'Unknown'),
            nullif({{ sales }}.country, 'Unknown'),
            {{ customers }}.city
        )
{%- endmacro %}
