-- Grain: one row for each week, source system, currency, category and region with sales.

{{ config(materialized="view") }}

{{ added_up_days("toMonday(sale_date)", as="week_start") }}
