-- Grain: one row for each store or channel as it is now, by the last hand-over.

{{ config(tags=["history"], materialized="view") }}

{{ last_hand_over("landing_stores") }}
