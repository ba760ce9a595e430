-- Files are written as the mapping of their source says, in the order of day and month and in the decimal sign. Warns
-- of each file with lines that are unreadable so, and readable the other way round: then others of its lines, such as
-- those of the first twelve days of a month, may have been read wrongly.

{% set day = "(1[3-9]|2[0-8])" %}
{% set month = "(0?[1-9]|1[0-2])" %}
with refused as (

    select
        source_system,
        _source_file as source_file,
        judged_values ->> 'sold_at' as day_text,
        judged_values ->> 'unit_price' as price_text,
        rejection_reasons ~ 'sold_at unreadable' as is_no_day,
        rejection_reasons ~ 'unit_price unreadable' as is_no_price
    from {{ ref("stg_sale_lines") }}
    where
        rejection_reasons is not null
        and _load_id >= {{ first_load_to_check() }}

),

suspected as (

    select
        source_system,
        source_file,
        'days are in another order' as suspicion,
        day_text as example
    from refused
    where
        is_no_day
        -- Every month has these days.
        and day_text ~ '^({{ day }}[-/.]{{ month }}|{{ month }}[-/.]{{ day }})[-/.][0-9]{4}( {{ time_of_day() }})?$'
    union all
    select
        source_system,
        source_file,
        'the decimal sign is another one' as suspicion,
        price_text as example
    from refused
    where
        is_no_price
        and price_text ~ '^-?[0-9]+[.,][0-9]{1,2}$'

)

select
    source_system,
    source_file,
    suspicion,
    count(*) as sale_lines,
    min(example) as example,
    source_file || ': ' || suspicion || ' than the mapping of ' || source_system || ' says, such as in ' || min(example)
    || ' (' || count(*) || case when count(*) = 1 then ' line' else ' lines' end
    || ' refused): others of its lines may have been read wrongly' as message
from suspected
group by
    source_system,
    source_file,
    suspicion
