-- Grain: one row for each version of an archived sale line. Rows are only ever added.

{{ config(distributed_by="sale_key") }}

{{ append_versions(
    landing=ref("landing_sales"),
    key="sale_key",
    columns=[
        "sale_key", "product_key", "customer_key", "sale_date", "sale_month", "source_system", "sale_id", "order_id",
        "line_type", "sold_at", "country", "currency", "quantity", "unit_price", "amount",
    ],
    withdrawn_within="latest.sale_month in (select sale_month from " ~ ref("landing_months") ~ ")",
) }}
