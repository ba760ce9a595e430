-- Grain: one row for each customer number. The export has no customer list, so the invoices are it.

with sale_lines as (

    select * from {{ ref("stg_online_retail__sale_lines") }}
    where customer_id is not null

),

latest as (

    -- A few customers appear in two countries: the latest invoice tells where they are.
    select distinct on (customer_id) *
    from sale_lines
    order by customer_id asc, sold_at desc nulls last, _load_id desc, _source_line desc

),

final as (

    select
        'online_retail'::text as source_system,
        customer_id,
        null::integer as age,
        'Unknown'::text as gender,
        'Unknown'::text as city,
        country,
        null::date as registration_date,
        null::text as rejection_reasons,
        true as is_current,
        null::jsonb as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from latest

)

select * from final
