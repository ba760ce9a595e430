-- Grain: one row for each customer in each load. There is no customer list, so the sales files are it.

{% call(incremental) incremental_model(reads=[ref("stg_<< name >>__sale_lines")]) %}
with sale_lines as (

    select * from {{ new_lines(ref("stg_<< name >>__sale_lines"), incremental) }}

),

last_of_load as (

    select distinct on (_load_id, customer_id) *
    from sale_lines
    where customer_id is not null
    order by _load_id desc, customer_id desc, sold_at desc nulls last, _source_line desc

),

final as (

    select
        '<< name >>'::text as source_system,
        customer_id,
        null::integer as age,
        'Unknown'::text as gender,
        'Unknown'::text as city,
        country,
        null::date as registration_date,
        null::text as rejection_reasons,
        null::jsonb as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from last_of_load

)

select * from final
{% endcall %}
