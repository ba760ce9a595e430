-- Grain: one row for each line of the sales files, good or bad.

-- offset '0' keeps PostgreSQL from folding the steps into one, where each expression would be worked out anew for every
-- use of it: measured, five times slower. Without the quotes the planner takes it for a limit, and uses no parallel
-- workers: measured, twice as slow on two cores.

{% call(incremental) incremental_model() %}
with sales_data as (

    select * from {{ new_lines(source("shop", "sales_data"), incremental) }}

),

cleaned as (

    select
        sales_data.*,
        {{ clean_id("sale_id", "shop") }} as clean_sale_id,
        {{ clean_id("product_id", "shop") }} as clean_product_id,
        {{ clean_id("customer_id", "shop") }} as clean_customer_id,
        {{ clean_text("sold_at") }} as clean_sold_at,
        {{ clean_text("quantity") }} as clean_quantity,
        {{ clean_text("unit_price") }} as clean_unit_price
    from sales_data
    offset '0'

),

parsed as (

    select
        cleaned.*,
        {{ iso_timestamp_text("clean_sold_at") }} as iso_sold_at,
        {{ parse_number("clean_quantity") }} as quantity_number,
        {{ parse_price("clean_unit_price", "shop") }} as unit_price_number
    from cleaned
    offset '0'

),

typed as (

    select
        parsed.*,
        {{ timestamp_or_null("iso_sold_at", "shop") }} as sold_at_timestamp,
        {{ whole_number("quantity_number") }} as quantity_integer,
        {{ money("unit_price_number") }} as unit_price_money
    from parsed
    offset '0'

),

checked as (

    select
        typed.*,
        {{ rejection_reasons(sale_line_rules("shop")) }} as rejection_reasons
    from typed
    offset '0'

),

final as (

    select
        'shop'::text as source_system,
        clean_sale_id as sale_id,
        -- Every line of the shop's own files is an order of its own.
        clean_sale_id as order_id,
        case when quantity_integer < 0 then 'return' else 'sale' end as line_type,
        sold_at_timestamp as sold_at,
        clean_product_id as product_id,
        clean_customer_id as customer_id,
        'Unknown'::text as country,
        quantity_integer as quantity,
        unit_price_money as unit_price,
        rejection_reasons,
        {{ raw_row(["sale_id", "sold_at", "product_id", "quantity", "unit_price", "customer_id"]) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from checked

)

select * from final
{% endcall %}
