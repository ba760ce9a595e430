-- Grain: one row for each day and pair of currencies that a rate was told for, which is the one that counts.
-- Made anew in each run, but what a file told stays when the next one replaces it, as a list of the last days forgets
-- those before. It goes when its source system is taken out.

{{ config(incremental_strategy="all_rows", full_refresh=false) }}

{%- set replaced = ended_loads(["replaced"]) %}
{%- set systems = known_source_systems("exchange_rates") | join("', '") %}

with told as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        source_system,
        1 as place,
        _source_file,
        _source_line,
        _load_id
    from {{ ref("stg_exchange_rates") }}
    where rejection_reasons is null

),

{%- if is_incremental() %}

told_before as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        source_system,
        2 as place,
        _source_file,
        _source_line,
        _load_id
    from {{ this }}
    where
        _load_id = {{ replaced }}
        and source_system in ('{{ systems }}')

),

{%- endif %}

own as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        null::text as source_system,
        0 as place,
        'seeds/exchange_rates.csv' as _source_file,
        0::bigint as _source_line,
        0::bigint as _load_id
    from {{ ref("exchange_rates") }}

),

rates as (

    select * from told
    union all
    select * from own
    {%- if is_incremental() %}
    union all
    select * from told_before
    {%- endif %}

)

-- The user's own word counts, then that of the last file by name.
select distinct on (rate_date, from_currency, to_currency)
    rate_date,
    from_currency,
    to_currency,
    rate,
    source_system,
    _source_file,
    _source_line,
    _load_id
from rates
where from_currency <> to_currency
order by
    rate_date asc,
    from_currency asc,
    to_currency asc,
    place asc,
    {{ last_by_name() | join(" desc,\n    ") }} desc
