{#- The measures of sale lines that all questions share. Adjustments (stock counts, bad debt) are no trade with
    customers: they are in none of these. -#}
{% macro sold_and_returned() -%}
    coalesce(sum(amount) filter (where line_type = 'sale'), 0) as gross_revenue,
    -coalesce(sum(amount) filter (where line_type = 'return'), 0) as returned_revenue,
    coalesce(sum(amount) filter (where line_type <> 'adjustment'), 0) as revenue,
    coalesce(sum(quantity) filter (where line_type <> 'adjustment'), 0) as quantity,
    count(*) filter (where line_type = 'sale') as sale_lines
{%- endmacro %}


{#- What lies between price and profit, of the same lines: null where no line tells it. Wants gross_amount and margin beside
    the columns of a sale. -#}
{% macro discounts_and_margins() -%}
    sum(gross_amount) filter (where line_type <> 'adjustment') as gross_amount,
    sum(discount) filter (where line_type <> 'adjustment') as discount,
    sum(tax) filter (where line_type <> 'adjustment') as tax,
    sum(cost) filter (where line_type <> 'adjustment') as cost,
    sum(margin) filter (where line_type <> 'adjustment') as margin
{%- endmacro %}
