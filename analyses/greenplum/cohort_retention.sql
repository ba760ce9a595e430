select
    source_system,
    currency,
    to_char(cohort_month, 'YYYY-MM') as cohort,
    max(cohort_customers) as customers,
    {%- for months in (1, 2, 3, 6, 12) %}
    round(100 * max(case when months_since_first = {{ months }} then retention end), 1) as percent_month_{{ months }},
    {%- endfor %}
    sum(gross_revenue) as gross_revenue
from {{ ref("customer_cohorts") }}
where {{ asked_for(day="cohort_month") }}
group by
    source_system,
    currency,
    cohort_month
order by
    source_system,
    currency,
    cohort_month
