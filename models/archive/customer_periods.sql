-- Grain: one row for each customer and period of days in which its attributes stayed the same.

{{ config(materialized="view") }}

{{ dimension_periods(
    ref("customers_history"),
    "customer_key",
    ["customer_id", "birthday", "age_group", "gender", "city", "region", "country"],
) }}
