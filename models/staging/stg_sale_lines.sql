-- Grain: one row for each sale line that a source system wrote, good or bad.

{{ config(materialized="view") }}

{{ union_source_systems("sale_lines", [
    "source_system", "sale_id", "order_id", "line_type", "sold_at", "product_id", "customer_id", "quantity", "unit_price",
    "rejection_reasons", "judged_values", "raw_row", "_source_file", "_source_line", "_load_id", "_loaded_at",
] + sale_attributes().keys() | list) }}
