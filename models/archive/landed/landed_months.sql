-- Grain: one row for each source system and month that is handed over to the archive, by the last hand-over.

{{ config(materialized="view") }}

select * from ({{ last_hand_over("landing_months") }}) as landed
where is_handed_over
