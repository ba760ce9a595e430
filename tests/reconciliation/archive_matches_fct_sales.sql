-- The archive holds of every month in it what PostgreSQL holds. Fails with each source system and month that differs.

{{ config(meta={"speaks_of": "all_sales"}) }}

{{ monthly_differences(
    ref("current_sales"),
    ref("fct_sales"),
    "sale_month in (select toDate(sale_month) from " ~ ref("archive_ledger") ~ " where sale_lines > 0)",
) }}
