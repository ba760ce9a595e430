-- Grain: one row for each source system, currency and month with sale lines.

select
    source_system,
    currency,
    sale_month,
    sum(revenue) as revenue,
    '{{ reporting_currency() }}'::text as reporting_currency,
    sum(revenue_reporting) as revenue_reporting,
    sum(sale_lines)::bigint as sale_lines,
    sum(lines_without_rate)::bigint as lines_without_rate
from {{ ref("monthly_sales") }}
group by
    source_system,
    currency,
    sale_month
