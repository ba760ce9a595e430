-- Grain: one row for each day and pair of currencies of which a rate was told: the one that counts.
-- Made anew in each run, but what a file told stays when the next one replaces it (macros/incremental/strategies.sql).

{{ config(
    incremental_strategy="rates",
    unique_key="rate_date, from_currency, to_currency",
    full_refresh=false,
) }}

with told as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        source_system,
        _source_file,
        _source_line,
        _load_id
    from {{ ref("stg_exchange_rates") }}
    where rejection_reasons is null

),

own as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        null::text as source_system,
        'seeds/exchange_rates.csv' as _source_file,
        0::bigint as _source_line,
        -- Of no load, so it goes with its line in the seed.
        0::bigint as _load_id
    from {{ ref("exchange_rates") }}

),

rates as (

    select * from told
    union all
    select * from own

)

-- The user's own word counts, then that of the last file by name.
select distinct on (rate_date, from_currency, to_currency) *
from rates
where from_currency <> to_currency
order by
    rate_date desc,
    from_currency desc,
    to_currency desc,
    source_system desc nulls first,
    {{ last_by_name() | join(" desc,\n    ") }} desc
