-- Grain: one row for each line of the files of exchange rates.

{{ stage_exchange_rates("shop", "rate_data", parts={
    "rate_date": "rate_date",
    "from_currency": "from_currency",
    "to_currency": "to_currency",
    "rate": "rate",
}, decimal=".") }}
