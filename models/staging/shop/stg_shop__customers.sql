-- Grain: one row for each line of the customer files.

{{ stage_customers("shop", "customer_data", parts={
    "customer_id": "customer_id",
    "age": "age",
    "gender": "gender",
    "city": "city",
    "registration_date": "registration_date",
}) }}
