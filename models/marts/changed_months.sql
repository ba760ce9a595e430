-- Grain: one row for each month whose sales have come, changed or gone, but by fct_sales being built anew.
-- The table alone: its rows are written with the sales that change (macros/incremental/strategies.sql), as one that has
-- gone leaves no other trace of its month. Built anew, it would lack what sales_months has not read yet.

{{ config(unique_key="sale_month", incremental_strategy="upsert", full_refresh=false) }}

select
    null::date as sale_month,
    null::timestamptz as changed_at
where false
