-- Every source system has sent the sales that are due, by the seed source_systems: those of yesterday, for most. Fails
-- with each system that has not, and the day of its newest sale. One whose last load brought history alone, as the
-- made-up shop's does, sends no days that could be due.

-- Further back nobody looks: sales are found by the index on their day. What is older when it is loaded is history.

{{ config(meta={"speaks_of": "fct_sales"}) }}

{%- set days = 60 %}

with due as (

    select
        source_system,
        (now() at time zone time_zone)::date - sales_due_days as due_day
    from {{ ref("source_systems") }}
    where
        sales_due_days is not null
        and source_system in (
            {%- for system in active_source_systems() %}
            '{{ system }}'{{ "," if not loop.last }}
            {%- endfor %}
        )

),

newest as (

    select
        source_system,
        max(sale_date) as newest_day
    from {{ ref("fct_sales") }}
    where sale_date between current_date - {{ days }} and current_date + 1
    group by source_system

),

last_loads as (

    select
        due.source_system,
        -- By the index, where grouping would read all facts.
        last_load.load_id
    from due
    cross join lateral (
        select max(_load_id) as load_id
        from {{ ref("fct_sales") }}
        where source_system = due.source_system
    ) as last_load

),

systems_of_history as (

    select last_loads.source_system
    from last_loads
    inner join {{ source("ingestion", "_loads") }} as loads on last_loads.load_id = loads.load_id
    inner join {{ ref("fct_sales") }} as sales on last_loads.load_id = sales._load_id
    group by last_loads.source_system
    having max(sales.sale_date) < max(loads.finished_at at time zone 'utc')::date - {{ days }}

)

select
    due.source_system,
    due.due_day,
    newest.newest_day,
    due.source_system || ': the sales up to ' || due.due_day || ' are due, and '
    || coalesce('the newest are of ' || newest.newest_day, 'the last {{ days }} days have none') as message
from due
left join newest on due.source_system = newest.source_system
where
    newest.newest_day < due.due_day
    or (
        newest.newest_day is null
        and due.source_system not in (select source_system from systems_of_history)
    )
