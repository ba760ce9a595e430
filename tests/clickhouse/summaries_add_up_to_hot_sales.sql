-- Each summary holds all of the sales. Fails with each summary and currency that does not add up.

{{ config(meta={"speaks_of": "summary_sales"}) }}

{% set summaries = (
    "summary_sales", "summary_stores", "summary_products_monthly", "summary_products", "summary_customers",
) %}
with totals as (

    select
        currency,
        sum(amount) as net_revenue,
        coalesce(sum(margin), 0) as margin,
        sum(coalesce(amount_reporting, 0)) as net_revenue_reporting,
        countIf(amount_reporting is null) as lines_without_rate,
        count() as sale_lines
    from {{ ref("hot_sales") }}
    group by currency

),

summaries as (

    {%- for summary in summaries %}
    select
        '{{ summary }}' as summary,
        currency,
        sum(net_revenue) as net_revenue,
        coalesce(sum(margin), 0) as margin,
        sum(coalesce(net_revenue_reporting, 0)) as net_revenue_reporting,
        sum(lines_without_rate) as lines_without_rate,
        sum(sale_lines) as sale_lines
    from {{ ref(summary) }}
    group by currency
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

expected as (

    select
        arrayJoin(
            ['{{ summaries | join("', '") }}']
        ) as summary,
        totals.*
    from totals

)

-- What is on both sides cancels out.
select
    summary,
    currency,
    sum(net_revenue * side) as missing_revenue,
    sum(margin * side) as missing_margin,
    sum(net_revenue_reporting * side) as missing_reporting,
    sum(lines_without_rate * side) as missing_without_rate,
    sum(sale_lines * side) as missing_lines
from (
    select
        1 as side,
        expected.*
    from expected
    union all
    select
        -1 as side,
        summaries.*
    from summaries
) as both_sides
group by
    summary,
    currency
having
    missing_revenue != 0
    or missing_margin != 0
    or missing_reporting != 0
    or missing_without_rate != 0
    or missing_lines != 0
