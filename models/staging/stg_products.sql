-- Grain: one row for each product line that a source system wrote, good or bad.

{{ config(materialized="view") }}

{{ union_source_systems("products", [
    "source_system", "product_id", "product_name", "category", "supplier", "list_price", "unit_cost",
    "rejection_reasons", "_precedence", "judged_values", "raw_row", "_source_file", "_source_line", "_load_id", "_loaded_at",
]) }}
