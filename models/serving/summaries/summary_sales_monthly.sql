-- Grain: one row for each month, source system, currency, category and region with sales.

{{ config(materialized="view") }}

{{ added_up_days("toStartOfMonth(sale_date)", as="month_start") }}
