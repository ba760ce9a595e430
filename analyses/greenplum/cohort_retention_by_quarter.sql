select
    source_system,
    currency,
    to_char(cohort_quarter, 'YYYY "Q"Q') as cohort,
    max(cohort_customers) as customers,
    {%- for quarters in (1, 2, 3, 4, 8) %}
    round(100 * max(case when quarters_since_first = {{ quarters }} then retention end), 1)
        as percent_quarter_{{ quarters }},
    {%- endfor %}
    sum(gross_revenue) as gross_revenue
from {{ ref("customer_cohorts_by_quarter") }}
where {{ asked_for(day="cohort_quarter") }}
group by
    source_system,
    currency,
    cohort_quarter
order by
    source_system,
    currency,
    cohort_quarter
