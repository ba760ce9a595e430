-- Every source system has sent the sales that are due, by the seed source_systems: those of yesterday, for most. Fails
-- with each system that has not, and the day of its newest sale.

-- Further back nobody looks: sales are found by the index on their day.
{%- set days = 60 %}

with due as (

    select
        source_system,
        (now() at time zone time_zone)::date - sales_due_days as due_day
    from {{ ref("source_systems") }}
    where
        sales_due_days is not null
        and source_system in (
            '{{ active_source_systems() | join("', '") }}'
        )

),

newest as (

    select
        source_system,
        max(sale_date) as newest_day
    from {{ ref("fct_sales") }}
    where sale_date between current_date - {{ days }} and current_date + 1
    group by source_system

)

select
    due.source_system,
    due.due_day,
    newest.newest_day,
    due.source_system || ': the sales up to ' || due.due_day || ' are due, and '
    || coalesce('the newest are of ' || newest.newest_day, 'the last {{ days }} days have none') as message
from due
left join newest on due.source_system = newest.source_system
where coalesce(newest.newest_day < due.due_day, true)
