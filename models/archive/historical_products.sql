-- Grain: one row for each version of an archived product. Rows are only ever added.

{{ config(
    distributed_by="product_key",
    post_hook=["{{ refuse_if_twice(['product_key']) }}", "{{ enter_in_ledger() }}"],
) }}

{{ append_versions(landed_model="landed_products", landing_model="landing_products", keys=["product_key"]) }}
