-- Grain: one row for each line of the invoice files, good or bad.

-- offset '0' keeps PostgreSQL from folding the steps into one, where each expression would be worked out anew for every
-- use of it: measured, five times slower. Without the quotes the planner takes it for a limit, and uses no parallel
-- workers: measured, twice as slow on two cores.

{% call(incremental) incremental_model() %}
with online_retail as (

    select * from {{ new_lines(source("online_retail", "online_retail"), incremental) }}

),

cleaned as (

    select
        online_retail.*,
        {{ clean_id("invoice_no", "online_retail") }} as clean_sale_id,
        {{ clean_id("stock_code", "online_retail") }} as clean_product_id,
        {{ clean_id("customer_id", "online_retail") }} as clean_customer_id,
        {{ clean_text("invoice_date") }} as clean_sold_at,
        {{ clean_text("quantity") }} as clean_quantity,
        {{ clean_text("unit_price") }} as clean_unit_price
    from online_retail
    offset '0'

),

parsed as (

    select
        cleaned.*,
        {{ iso_timestamp_text("clean_sold_at") }} as iso_sold_at,
        {{ parse_number("clean_quantity") }} as quantity_number,
        {{ parse_price("clean_unit_price", "online_retail") }} as unit_price_number
    from cleaned
    offset '0'

),

typed as (

    select
        parsed.*,
        {{ timestamp_or_null("iso_sold_at", "online_retail") }} as sold_at_timestamp,
        {{ whole_number("quantity_number") }} as quantity_integer,
        {{ money("unit_price_number") }} as unit_price_money
    from parsed
    offset '0'

),

checked as (

    select
        typed.*,
        {{ rejection_reasons(sale_line_rules("online_retail", without=["unit_price negative"])) }} as rejection_reasons
    from typed
    offset '0'

),

-- An invoice's lines have no number of their own, and two equal lines are two lines: the same gift scanned twice.
numbered as (

    {{ number_lines("checked", "clean_sale_id", incremental) }}

),

final as (

    select
        'online_retail'::text as source_system,
        numbered_sale_id as sale_id,
        clean_sale_id as order_id,
        case
            when clean_sale_id like 'C%' then 'return'
            -- Stock counts, damages and bad debt: no customer bought or gave back anything.
            when clean_sale_id like 'A%' or quantity_integer < 0 then 'adjustment'
            else 'sale'
        end as line_type,
        sold_at_timestamp as sold_at,
        clean_product_id as product_id,
        clean_customer_id as customer_id,
        coalesce({{ clean_text("country") }}, 'Unknown') as country,
        quantity_integer as quantity,
        unit_price_money as unit_price,
        rejection_reasons,
        {{ raw_row([
            "invoice_no", "stock_code", "description", "quantity", "invoice_date", "unit_price", "customer_id", "country",
        ]) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from numbered

)

select * from final
{% endcall %}
