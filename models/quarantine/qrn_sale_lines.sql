-- Grain: one row for each sale line that no rule lets in.

{{ quarantine("stg_sale_lines") }}
