{#- For every load, the model has as many rows as the source table has lines, or the one of the returns. Fails with each
    load that lost or gained lines, and both counts. -#}
{% test line_for_line(model, source_table, returns_table=none) %}
{%- set first_load = first_load_to_check() %}
with source_lines as (

    {%- for table in [source_table, returns_table] if table %}
    select
        _load_id,
        count(*) as source_count
    from {{ lines_of(table) }}
    where _load_id >= {{ first_load }}
    group by _load_id
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}

),

model_rows as (

    select
        _load_id,
        count(*) as model_count
    from {{ model }}
    where _load_id >= {{ first_load }}
    group by _load_id

)

select
    _load_id,
    coalesce(source_count, 0) as source_count,
    coalesce(model_count, 0) as model_count
from source_lines
full outer join model_rows using (_load_id)
where coalesce(source_count, 0) <> coalesce(model_count, 0)
{% endtest %}
