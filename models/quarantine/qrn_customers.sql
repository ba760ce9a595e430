-- Grain: one row for each customer that no rule lets in.

{{ quarantine("stg_customers") }}
