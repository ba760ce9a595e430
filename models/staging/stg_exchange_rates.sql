-- Grain: one row for each line of exchange rates that a source system wrote, good or bad.

{{ config(materialized="view") }}

{{ union_source_systems("exchange_rates", {
    "source_system": "text", "rate_date": "date", "from_currency": "text", "to_currency": "text", "rate": "numeric(28, 16)",
    "rejection_reasons": "text", "judged_values": "jsonb", "raw_row": "jsonb",
    "_source_file": "text", "_source_line": "bigint", "_load_id": "bigint", "_loaded_at": "timestamptz",
}) }}
