-- Grain: one row for each version of an archived customer. Rows are only ever added.

{{ config(distributed_by="customer_key", post_hook="{{ enter_in_ledger() }}") }}

{{ append_versions(landing_model="landing_customers", keys=["customer_key"]) }}
