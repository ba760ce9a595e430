-- Grain: one row for each stock code. The export has no product list, so the invoices are it.

with lines as (

    select
        {{ clean_text("stock_code") }} as product_id,
        {{ clean_text("description") }} as description,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from {{ source("online_retail", "online_retail") }}

),

described as (

    select distinct on (product_id) *
    from lines
    where product_id is not null
    -- Notes such as `damaged?` are written in lower case over a product's name, which is in capitals.
    order by product_id asc, (description = upper(description)) desc nulls last, _load_id desc, _source_line desc

),

final as (

    select
        'online_retail'::text as source_system,
        product_id,
        coalesce(description, 'Unknown') as product_name,
        -- A product's code starts with five digits; the rest are postage, fees, samples and vouchers.
        case when product_id ~ '^\d{5}' then 'Gifts' else 'Charges And Vouchers' end as category,
        'Unknown'::text as supplier,
        null::numeric(18, 4) as list_price,
        null::text as rejection_reasons,
        true as is_current,
        null::jsonb as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from described

)

select * from final
