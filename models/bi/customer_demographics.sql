-- Grain: one row for each source system, currency, calendar year, age group and gender, and for customers who are
-- known or not.

select
    source_system,
    currency,
    sale_year,
    age_group,
    gender,
    is_known,
    customers,
    orders,
    gross_revenue,
    returned_revenue,
    revenue,
    round(gross_revenue / nullif(orders, 0), 2) as average_order,
    round(revenue / nullif(customers, 0), 2) as revenue_per_customer
from {{ ref("demographic_years") }}
