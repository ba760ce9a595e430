-- Grain: one row for each store that no rule lets in.

{{ quarantine("stg_exchange_rates") }}
