-- What is handed over of a month is all that ClickHouse and PostgreSQL hold of it. Fails with each source system and
-- month that differs, and so keeps it out of the archive. That what landed is what is handed over, the archive's own
-- transaction holds (macros/archive/refuse.sql): sales need not be carried back for it.

{{ config(meta={"speaks_of": "landing_months"}) }}

with sides as (

    {%- for relation in (ref("hot_sales"), ref("fct_sales")) %}
    select
        '{{ relation.identifier }}' as side,
        totals.*
    from ({{ monthly_totals(relation, landed_days()) }}) as totals
    union all
    {%- endfor %}
    select
        'landing_months' as side,
        source_system,
        sale_month,
        sale_lines,
        quantity,
        amount,
        toUInt128(content_hash) as content_hash
    from ({{ handed_over_months() }}) as landing_months
    where sale_lines > 0

),

months as (

    select
        source_system,
        sale_month,
        groupArray(side) as sides,
        groupArray(tuple(
            assumeNotNull(sale_lines), assumeNotNull(quantity), assumeNotNull(amount), assumeNotNull(content_hash)
        )) as totals_of_sides
    from sides
    where
        (source_system, sale_month) in (
            select (landed.source_system, landed.sale_month) from ({{ handed_over_months() }}) as landed
        )
    group by
        source_system,
        sale_month

),

-- What a side lacks altogether is zero, as nothing here can be null.
compared as (

    select
        source_system,
        sale_month,
        arrayJoin(['hot_sales', 'fct_sales']) as other_side,
        totals_of_sides[indexOf(sides, 'landing_months')] as landed,
        totals_of_sides[indexOf(sides, other_side)] as other
    from months

)

select
    source_system,
    sale_month,
    other_side,
    landed,
    other,
    concat(
        source_system, ' ', formatDateTime(sale_month, '%Y-%m'),
        {%- for side, name in (("landed", "'landing_months'"), ("other", "other_side")) %}
        '{{ ": " if loop.first else "; " }}', {{ name }},
        {{ told_totals(side ~ ".1", side ~ ".2", side ~ ".3", side ~ ".4") }}
        {{- "," if not loop.last }}
        {%- endfor %}
    ) as message
from compared
where landed != other
