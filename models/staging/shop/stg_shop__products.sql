-- Grain: one row for each line of the product files.

-- offset '0' keeps PostgreSQL from folding the steps into one, where each expression would be worked out anew for every
-- use of it: measured, five times slower. Without the quotes the planner takes it for a limit, and uses no parallel
-- workers: measured, twice as slow on two cores.

{% call(incremental) incremental_model() %}
with product_data as (

    select * from {{ new_lines(source("shop", "product_data"), incremental) }}

),

cleaned as (

    select
        product_data.*,
        {{ clean_id("product_id", "shop") }} as clean_product_id,
        {{ clean_text("name") }} as clean_name,
        {{ clean_text("price") }} as clean_price
    from product_data
    offset '0'

),

parsed as (

    select
        cleaned.*,
        {{ parse_price("clean_price", "shop") }} as price_number,
        {{ rejection_reasons(product_rules()) }} as rejection_reasons
    from cleaned
    offset '0'

),

final as (

    select
        'shop'::text as source_system,
        clean_product_id as product_id,
        coalesce(clean_name, 'Unknown') as product_name,
        {{ clean_label("category") }} as category,
        coalesce({{ clean_text("supplier") }}, 'Unknown') as supplier,
        case when price_number >= 0 then {{ money("price_number") }} end as list_price,
        rejection_reasons,
        0::smallint as _precedence,
        {{ raw_row(["product_id", "category", "name", "supplier", "price"]) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from parsed

)

select * from final
{% endcall %}
