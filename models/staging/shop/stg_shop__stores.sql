-- Grain: one row for each line of the store files.

{{ stage_stores("shop", "store_data", parts={
    "store_id": "store_id",
    "store_name": "name",
    "city": "city",
    "country": "country",
    "opened_on": "opened_on",
    "area_m2": "area_m2",
}) }}
