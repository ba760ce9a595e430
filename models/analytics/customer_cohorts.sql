-- Grain: one row for each source system, currency, month of first purchase (the cohort) and month since.

{{ config(distributed_by="cohort_month") }}

{{ cohort_retention("month") }}
