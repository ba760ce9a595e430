{#- A raw table holds, of every load, the rows that the load log says. Fails with each load that differs. -#}
{% test matches_load_log(model) %}
{%- set first_load = first_load_to_check() %}
with held as (

    select
        _load_id as load_id,
        count(*) as rows_held
    from {{ lines_of(model) }}
    where _load_id >= {{ first_load }}
    group by _load_id

),

logged as (

    select
        load_id,
        rows_loaded
    from {{ source("ingestion", "_loads") }}
    where
        stream = '{{ model.identifier }}'
        and status = 'loaded'
        and rows_loaded > 0
        and load_id >= {{ first_load }}

)

select
    load_id,
    coalesce(rows_held, 0) as rows_held,
    coalesce(rows_loaded, 0) as rows_loaded
from held
full outer join logged using (load_id)
where coalesce(rows_held, 0) <> coalesce(rows_loaded, 0)
{% endtest %}
