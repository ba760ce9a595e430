{#- A hash over the content of sales, the same in any order and on any engine that ClickHouse reads. A sum, so that a
    repeated row counts. The columns are qualified, as ClickHouse would take a bare name for an alias beside it. -#}
{% macro sales_content_hash(sales) -%}
    sum(sipHash64(
        {%- for column in (
            "sale_key", "product_key", "customer_key", "source_system", "sale_id", "order_id", "line_type", "sold_at",
            "country", "currency", "quantity", "unit_price", "amount",
        ) %}
        toString({{ sales }}.{{ column }}),
        {%- endfor %}
        toString(toDate({{ sales }}.sale_date))
    ))
{%- endmacro %}


{#- What one engine holds of each source system and month, as ClickHouse reads it: one side of a comparison. The
    condition is on its rows. -#}
{% macro monthly_totals(relation, condition="true") -%}
    select
        toString(sales.source_system) as source_system,
        toStartOfMonth(toDate(sales.sale_date)) as sale_month,
        count() as sale_lines,
        sum(sales.quantity) as quantity,
        sum(sales.amount) as amount,
        {{ sales_content_hash("sales") }} as content_hash
    from {{ relation }} as sales
    where {{ condition }}
    group by
        source_system,
        sale_month
{%- endmacro %}


{#- The source systems and months in which two relations differ, with both values; no row where they agree. A union
    and not a join: what one side lacks is then zero, whatever the server's join_use_nulls. -#}
{% macro monthly_differences(this_relation, other_relation, condition="true") -%}
{%- set measures = ("sale_lines", "quantity", "amount", "content_hash") -%}
with both_sides as (

    select 'this' as side, totals.* from ({{ monthly_totals(this_relation) }}) as totals
    union all
    select 'other' as side, totals.* from ({{ monthly_totals(other_relation) }}) as totals

)

select
    source_system,
    sale_month,
    {%- for measure in measures %}
    sumIf({{ measure }}, side = 'this') as this_{{ measure }},
    sumIf({{ measure }}, side = 'other') as other_{{ measure }}{{ "," if not loop.last }}
    {%- endfor %}
from both_sides
where {{ condition }}
group by
    source_system,
    sale_month
having
    {%- for measure in measures %}
    {{ "or " if not loop.first }}this_{{ measure }} != other_{{ measure }}
    {%- endfor %}
{%- endmacro %}
