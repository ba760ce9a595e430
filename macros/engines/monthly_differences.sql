{#- A hash over the content of sales, the same in any order and on any engine; the archive's ledger keeps it. -#}
{% macro sales_content_hash(sales) -%}
    {{ hash_of_rows(content_text(sales, content_columns("landing_sales")) or "''") }}
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


{#- What a side holds, as parts of a message that its name begins. -#}
{% macro told_totals(sale_lines, quantity, amount, content_hash) -%}
    ' has ', toString({{ sale_lines }}), ' lines, quantity ', toString({{ quantity }}),
        ', amount ', toString({{ amount }}), ', hash ', toString({{ content_hash }})
{%- endmacro %}


{#- The source systems and months in which two relations differ, with both values; no row where they agree. A union
    and not a join: what one side lacks is then zero, whatever the server's join_use_nulls.

    condition: one on the months that are compared. -#}
{% macro monthly_differences(this_relation, other_relation, condition) -%}
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
    sumIf({{ measure }}, side = 'other') as other_{{ measure }},
    {%- endfor %}
    concat(
        source_system, ' ', formatDateTime(sale_month, '%Y-%m'),
        {%- for side, relation in (("this", this_relation), ("other", other_relation)) %}
        '{{ ": " if loop.first else "; " }}{{ relation.identifier }}',
        {{ told_totals(side ~ "_sale_lines", side ~ "_quantity", side ~ "_amount", side ~ "_content_hash") }}
        {{- "," if not loop.last }}
        {%- endfor %}
    ) as message
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
