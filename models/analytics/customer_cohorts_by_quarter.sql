-- Grain: one row for each source system, currency, quarter of first purchase (the cohort) and quarter since.

{{ config(distributed_by="cohort_quarter") }}

{{ cohort_retention("quarter") }}
