-- Grain: one row for each version of an archived customer. Rows are only ever added.

{{ config(
    distributed_by="customer_key",
    post_hook=["{{ refuse_if_twice(['customer_key']) }}", "{{ enter_in_ledger() }}"],
) }}

{{ append_versions(landed_model="landed_customers", landing_model="landing_customers", keys=["customer_key"]) }}
