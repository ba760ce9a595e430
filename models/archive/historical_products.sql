-- Grain: one row for each version of an archived product. Rows are only ever added.

{{ config(distributed_by="product_key", post_hook="{{ enter_in_ledger() }}") }}

{{ append_versions(landing_model="landing_products", keys=["product_key"]) }}
