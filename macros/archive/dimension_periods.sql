{#- A snapshot by days instead of moments: for each key one row a period, without gaps. Of several versions that came on a
    day the last one counts, and from that day on, as files tell when a change came and not since when it held. The first
    version stands for all days before; one that was deleted stands on until another comes, as its sales are still there.
    valid_to is the first day on which it no longer counts. -#}
{% macro dimension_periods(snapshot, key, attributes) -%}
with versions as (

    select
        {{ key }},
        {{ attributes | join(",
        ") }},
        dbt_valid_from::date as first_day,
        row_number() over (
            partition by {{ key }}, dbt_valid_from::date
            order by dbt_valid_from desc
        ) as position_from_last
    from {{ snapshot }}

),

last_of_day as (

    select * from versions
    where position_from_last = 1

)

select
    {{ key }},
    {{ attributes | join(",
    ") }},
    case
        when lag(first_day) over one_key is null then '-infinity'::date
        else first_day
    end as valid_from,
    coalesce(lead(first_day) over one_key, 'infinity'::date) as valid_to
from last_of_day
window one_key as (partition by {{ key }} order by first_day)
{%- endmacro %}
