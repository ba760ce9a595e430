-- Grain: one row for each stock code in each load. The export has no product list, so the invoices are it.

{% call(incremental) incremental_model() %}
with lines as (

    select
        {{ clean_id("stock_code", "online_retail") }} as product_id,
        {{ clean_text("description") }} as description,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from {{ new_lines(source("online_retail", "online_retail"), incremental) }}
    offset '0'

),

judged as (

    select
        lines.*,
        -- Notes such as `damaged?` are written in lower case over a product's name, which is in capitals.
        case when description = upper(description) then 1 else 0 end::smallint as _precedence
    from lines
    where product_id is not null

),

best_of_load as (

    select distinct on (_load_id, product_id) *
    from judged
    order by _load_id desc, product_id desc, _precedence desc, _source_line desc

),

final as (

    select
        'online_retail'::text as source_system,
        product_id,
        coalesce(description, 'Unknown') as product_name,
        -- A product's code starts with five digits; the rest are postage, fees, samples and vouchers.
        case when product_id ~ '^[0-9]{5}' then 'Gifts' else 'Charges And Vouchers' end as category,
        'Unknown'::text as supplier,
        null::numeric(18, 4) as list_price,
        null::text as rejection_reasons,
        _precedence,
        null::jsonb as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from best_of_load

)

select * from final
{% endcall %}
