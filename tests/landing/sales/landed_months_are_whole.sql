-- What is handed over of a month is all that PostgreSQL held of it when the engines were compared (agreement), and
-- PostgreSQL has not changed it since. Fails with each source system and month for which that is not so, and so keeps
-- it out of the archive. That what landed is what is handed over, the archive's own transaction holds
-- (macros/archive/refuse.sql): no sale is read once more, or carried back, for either.

{{ config(meta={"speaks_of": "landing_months"}) }}

with handed_over as (

    select
        assumeNotNull(landing_months.source_system) as source_system,
        assumeNotNull(landing_months.sale_month) as sale_month,
        landing_months.sale_lines as sale_lines,
        assumeNotNull(landing_months.quantity) as quantity,
        assumeNotNull(landing_months.amount) as amount,
        toUInt128(assumeNotNull(landing_months.content_hash)) as content_hash
    from ({{ handed_over_months() }}) as landing_months
    where landing_months.sale_lines > 0

),

checks as (

    select
        checks.source_system as source_system,
        checks.sale_month as sale_month,
        argMax(checks.postgres_lines, checks.checked_at) as sale_lines,
        argMax(checks.postgres_quantity, checks.checked_at) as quantity,
        argMax(checks.postgres_amount, checks.checked_at) as amount,
        argMax(checks.postgres_hash, checks.checked_at) as content_hash,
        argMax(checks.changed_at, checks.checked_at) as changed_at
    from {{ ref("agreement") }} as checks
    group by
        source_system,
        sale_month

),

star_months as (

    select
        toDate(sale_month) as sale_month,
        changed_at
    from {{ ref("sales_months") }}

),

compared as (

    select
        handed_over.source_system as source_system,
        handed_over.sale_month as sale_month,
        handed_over.sale_lines as sale_lines,
        handed_over.quantity as quantity,
        handed_over.amount as amount,
        handed_over.content_hash as content_hash,
        coalesce(checks.sale_lines, 0) as star_lines,
        coalesce(checks.quantity, 0) as star_quantity,
        coalesce(checks.amount, 0) as star_amount,
        coalesce(checks.content_hash, 0) as star_hash,
        coalesce(checks.changed_at = star_months.changed_at, false) as is_unchanged
    from handed_over
    left join checks
        on handed_over.source_system = checks.source_system and handed_over.sale_month = checks.sale_month
    left join star_months on handed_over.sale_month = star_months.sale_month

)

select
    *,
    concat(
        source_system, ' ', formatDateTime(sale_month, '%Y-%m'), ': landing_months',
        {{ told_totals("sale_lines", "quantity", "amount", "content_hash") }}, '; fct_sales',
        {{ told_totals("star_lines", "star_quantity", "star_amount", "star_hash") }},
        if(is_unchanged, '', '; since then fct_sales has changed: ''make build'' compares them anew')
    ) as message
from compared
where
    sale_lines != star_lines
    or quantity != star_quantity
    or amount != star_amount
    or content_hash != star_hash
    or not is_unchanged
