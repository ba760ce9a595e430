-- What landed on Greenplum of a month is all that ClickHouse and PostgreSQL hold of it, and what the ledger will say.
-- Fails with each that differs, and so keeps the month out of the archive. One query, so that each side is read once:
-- most of what an archive costs is to carry sales from engine to engine.

{%- set all_sources = "all source systems" %}

with sides as (

    {%- for relation, condition in (
        (ref("landing_sales"), "true"), (ref("hot_sales"), landed_days()), (ref("fct_sales"), landed_days()),
    ) %}
    select
        '{{ relation.identifier }}' as side,
        totals.*
    from ({{ monthly_totals(relation, condition) }}) as totals
    union all
    {%- endfor %}
    select
        'landing_months' as side,
        '' as source_system,
        toDate(sale_month) as sale_month,
        toUInt64(sale_lines) as sale_lines,
        quantity,
        amount,
        toUInt128(content_hash) as content_hash
    from {{ ref("landing_months") }}
    where sale_lines > 0

),

totals as (

    select
        side,
        sale_month,
        -- landing_months tells of a month as a whole.
        arrayJoin(multiIf(
            side = 'landing_sales', [source_system, '{{ all_sources }}'],
            side = 'landing_months', ['{{ all_sources }}'],
            [source_system]
        )) as sales_of,
        tuple(
            {%- for measure in ("sale_lines", "quantity", "amount", "content_hash") %}
            assumeNotNull(sum({{ measure }})){{ "," if not loop.last }}
            {%- endfor %}
        ) as held
    from sides
    group by
        side,
        sale_month,
        sales_of

),

months as (

    select
        sale_month,
        sales_of,
        groupArray(side) as sides,
        groupArray(held) as totals_of_sides
    from totals
    group by
        sale_month,
        sales_of

),

-- What a side lacks altogether is zero, as nothing here can be null.
compared as (

    select
        sales_of,
        sale_month,
        arrayJoin(if(sales_of = '{{ all_sources }}', ['landing_months'], ['hot_sales', 'fct_sales'])) as other_side,
        totals_of_sides[indexOf(sides, 'landing_sales')] as landed,
        totals_of_sides[indexOf(sides, other_side)] as other
    from months

)

select
    sales_of,
    sale_month,
    other_side,
    landed,
    other,
    concat(
        sales_of, ' ', formatDateTime(sale_month, '%Y-%m'),
        {%- for side, name in (("landed", "'landing_sales'"), ("other", "other_side")) %}
        '{{ ": " if loop.first else "; " }}', {{ name }},
        {{ told_totals(side ~ ".1", side ~ ".2", side ~ ".3", side ~ ".4") }}
        {{- "," if not loop.last }}
        {%- endfor %}
    ) as message
from compared
where landed != other
