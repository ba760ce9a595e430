{#- A hash over the content of sales, the same in any order and on any engine that ClickHouse reads. A sum, so that a
    repeated row counts. -#}
{% macro sales_content_hash() -%}
    sum(sipHash64(
        toString(sale_key), toString(product_key), toString(customer_key), toString(toDate(sale_date)),
        toString(source_system), toString(sale_id), toString(order_id), toString(line_type), toString(sold_at),
        toString(country), toString(currency), quantity, unit_price, amount
    ))
{%- endmacro %}


{#- What one engine holds of each source system and month, as ClickHouse reads it: one side of a comparison. -#}
{% macro monthly_totals(relation) -%}
    select
        toString(source_system) as source_system,
        toStartOfMonth(toDate(sale_date)) as sale_month,
        count() as sale_lines,
        sum(quantity) as quantity,
        sum(amount) as amount,
        {{ sales_content_hash() }} as content_hash
    from {{ relation }}
    group by
        source_system,
        sale_month
{%- endmacro %}


{#- The source systems and months in which two relations differ, with both values; no row where they agree. -#}
{% macro monthly_differences(this_relation, other_relation, condition="true") -%}
select
    source_system,
    sale_month,
    this_side.sale_lines as this_sale_lines,
    other_side.sale_lines as other_sale_lines,
    this_side.quantity as this_quantity,
    other_side.quantity as other_quantity,
    this_side.amount as this_amount,
    other_side.amount as other_amount,
    this_side.content_hash as this_content_hash,
    other_side.content_hash as other_content_hash
from ({{ monthly_totals(this_relation) }}) as this_side
full outer join ({{ monthly_totals(other_relation) }}) as other_side using (source_system, sale_month)
where
    ({{ condition }})
    and (
        this_side.sale_lines != other_side.sale_lines
        or this_side.quantity != other_side.quantity
        or this_side.amount != other_side.amount
        or this_side.content_hash != other_side.content_hash
    )
{%- endmacro %}
