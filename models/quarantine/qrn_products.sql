-- Grain: one row for each product that no rule lets in.

{{ quarantine("stg_products") }}
