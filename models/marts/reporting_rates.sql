-- Grain: one row for each currency and day on which a rate into the reporting currency is known: the last one, no older
-- than the variable rate_max_age_days.

{{ config(incremental_strategy="all_rows") }}

with told as (

    select * from {{ ref("fct_exchange_rates") }}

),

-- A rate serves both ways.
quotes as (

    select
        rate_date,
        from_currency as currency,
        to_currency as other_currency,
        rate,
        0 as detours
    from told
    union all
    select
        rate_date,
        to_currency as currency,
        from_currency as other_currency,
        1 / rate as rate,
        1 as detours
    from told

),

-- A list of dollar rates has none from pounds into euros: it has both by the dollar.
ways as (

    select
        rate_date,
        currency,
        other_currency,
        rate,
        detours
    from quotes
    where other_currency = '{{ reporting_currency() }}'
    union all
    select
        first_half.rate_date,
        first_half.currency,
        first_half.other_currency,
        first_half.rate * second_half.rate as rate,
        2 as detours
    from quotes as first_half
    inner join quotes as second_half
        on
        first_half.rate_date = second_half.rate_date
        and first_half.other_currency = second_half.currency
    where
        second_half.other_currency = '{{ reporting_currency() }}'
        and first_half.currency <> '{{ reporting_currency() }}'

),

known as (

    select distinct on (currency, rate_date)
        currency,
        rate_date,
        round(rate, 16) as rate
    from ways
    where round(rate, 16) between 0.0000000000000001 and 999999999999
    order by
        currency asc,
        rate_date asc,
        detours asc,
        other_currency asc,
        rate asc

),

until_the_next as (

    select
        known.*,
        least(
            rate_date + {{ var("rate_max_age_days") }},
            lead(rate_date) over (partition by currency order by rate_date) - 1
        ) as last_day
    from known

),

final as (

    select
        currency,
        day::date as rate_day,
        rate::numeric(28, 16) as rate,
        rate_date
    from until_the_next
    cross join lateral generate_series(rate_date, last_day, interval '1 day') as day

)

select * from final
