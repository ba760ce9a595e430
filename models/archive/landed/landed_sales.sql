-- Grain: one row for each sale line that is handed over to the archive, by the last hand-over. What landed before the months
-- of landing_months did is of an earlier one.

{{ config(materialized="view") }}

{{ last_hand_over("landing_sales") }}
    and landed_at >= (select max(landed_at) from {{ ref("landing_months") }})
