-- Grain: one row for each product as it is now, by the last hand-over.

{{ config(tags=["history"], materialized="view") }}

{{ last_hand_over("landing_products") }}
