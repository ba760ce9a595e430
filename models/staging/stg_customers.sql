-- Grain: one row for each customer line that a source system wrote, good or bad.

{{ config(materialized="view") }}

{{ union_source_systems("customers", [
    "source_system", "customer_id", "age", "birthday", "gender", "city", "country", "registration_date",
    "rejection_reasons", "judged_values", "raw_row", "_source_file", "_source_line", "_load_id", "_loaded_at",
]) }}
