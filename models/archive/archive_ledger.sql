-- Grain: one row for each entry into the archive: a table, and of sales a month, at a moment.
-- The table alone: its rows are written with those that they account for (macros/archive/ledger.sql).

{{ config(distributed_by="entry") }}

select * from {{ this }}
where false
