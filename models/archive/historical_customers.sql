-- Grain: one row for each version of an archived customer. Rows are only ever added.

{{ config(distributed_by="customer_key") }}

{{ append_versions(
    landing=ref("landing_customers"),
    key="customer_key",
    columns=[
        "customer_key", "source_system", "customer_id", "age", "age_group", "gender", "city", "country",
        "registration_date", "registration_month",
    ],
) }}
