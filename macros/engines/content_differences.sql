{#- Rows and a hash over them, of a landing model and of the relation that it was made from, as ClickHouse reads both; no
    row where they agree. -#}
{% macro content_differences(landing_model, other_relation) -%}
{%- set columns = content_columns(landing_model) -%}
with totals as (

    select
        count() as this_rows,
        {{ hash_of_rows(content_text("landed", columns) or "''") }} as this_hash
    from ({{ last_hand_over(landing_model) }}) as landed

),

other_totals as (

    select
        count() as other_rows,
        {{ hash_of_rows(content_text("origin", columns) or "''") }} as other_hash
    from {{ other_relation }} as origin

)

select
    *,
    concat(
        '{{ landing_model }} has ', toString(this_rows), ' rows, hash ', toString(this_hash),
        '; {{ other_relation.identifier }} has ', toString(other_rows), ' rows, hash ', toString(other_hash)
    ) as message
from totals
cross join other_totals
where
    this_rows != other_rows
    or this_hash != other_hash
{%- endmacro %}
