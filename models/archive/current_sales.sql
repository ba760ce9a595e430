-- Grain: one row for each archived sale line, in its latest version.

{{ config(materialized="view") }}

{{ current_sales(ref("historical_sales")) }}
