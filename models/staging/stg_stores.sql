-- Grain: one row for each store line that a source system wrote, good or bad.

{{ config(materialized="view") }}

{{ union_source_systems("stores", {
    "source_system": "text", "store_id": "text", "store_name": "text", "city": "text", "region": "text", "country": "text",
    "opened_on": "date", "area_m2": "numeric(10, 2)",
    "rejection_reasons": "text", "judged_values": "jsonb", "raw_row": "jsonb",
    "_source_file": "text", "_source_line": "bigint", "_load_id": "bigint", "_loaded_at": "timestamptz",
}) }}
