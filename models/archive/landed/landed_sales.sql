-- Grain: one row for each sale line that is handed over to the archive, by the last hand-over. What landed before the
-- months of landing_months did is of an earlier one.

{{ config(materialized="view") }}

select *
from ({{ last_hand_over("landing_sales", at_least="landing_months") }}) as landed
