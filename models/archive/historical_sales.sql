-- Grain: one row for each version of an archived sale line. Rows are only ever added.

{{ config(
    distributed_by="buyer_key",
    meta={"partitioned_by": "sale_month"},
    post_hook=["{{ supersede() }}", "{{ refuse_if_not_as_landed() }}", "{{ enter_in_ledger(by_month=true) }}"],
) }}

{{ append_versions(
    landed_model="landed_sales",
    landing_model="landing_sales",
    keys=["sale_month", "sale_key"],
    columns={"buyer_key": buyer_key("landing")},
    by_month=true,
) }}
