-- Grain: one row for each version of an archived store or channel. Rows are only ever added.

{{ config(
    distributed_by="store_key",
    post_hook=["{{ refuse_if_twice(['store_key']) }}", "{{ enter_in_ledger() }}"],
) }}

{{ append_versions(landed_model="landed_stores", landing_model="landing_stores", keys=["store_key"]) }}
