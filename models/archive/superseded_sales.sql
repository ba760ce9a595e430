-- Grain: one row for each version of a sale line that a later one has replaced.
-- The table alone: its rows are written with the versions that replace (macros/archive/supersede.sql).

{{ config(distributed_by="buyer_key") }}

select * from {{ this }}
where false
