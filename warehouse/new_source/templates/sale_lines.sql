-- Grain: one row for each line of the sales files, good or bad.

-- offset 0 keeps PostgreSQL from folding the steps into one, where each expression would be worked out anew for every
-- use of it: measured, five times slower.

{% call(incremental) incremental_model() %}
with raw_lines as (

    select * from {{ new_lines(source("<< name >>", "<< table >>"), incremental) }}

),

cleaned as (

    select
        raw_lines.*,
        << sale_id >> as clean_sale_id,
<% if has_order_id and not is_numbered %>
        << order_id >> as clean_order_id,
<% endif %>
<% if "product_id" in open %>
        -- CHOOSE: the column that tells the product. << unused >>
<% endif %>
        << product_id >> as clean_product_id,
        << customer_id >> as clean_customer_id,
<% if "sold_at" in open %>
        -- CHOOSE: the column with the day, or the day and the time, of the sale. << unused >>
<% endif %>
        << sold_at >> as clean_sold_at,
<% if "quantity" in open %>
        -- CHOOSE: the column with the number of pieces, below zero for a return. << unused >>
<% endif %>
        << quantity >> as clean_quantity,
<% if "unit_price" in open %>
        -- CHOOSE: the column with the price of one piece; not that of the line. << unused >>
<% endif %>
        << unit_price >> as clean_unit_price
    from raw_lines
    offset 0

),

parsed as (

    select
        cleaned.*,
        {{ iso_timestamp_text("clean_sold_at") }} as iso_sold_at,
        {{ parse_number("clean_quantity"<< decimal >>) }} as quantity_number,
        {{ parse_number("clean_unit_price"<< decimal >>) }} as unit_price_number
    from cleaned
    offset 0

),

typed as (

    select
        parsed.*,
        {{ timestamp_or_null("iso_sold_at") }} as sold_at_timestamp,
        {{ whole_number("quantity_number") }} as quantity_integer,
        {{ money("unit_price_number") }} as unit_price_money
    from parsed
    offset 0

),

checked as (

    select
        typed.*,
        {{ rejection_reasons(sale_line_rules()) }} as rejection_reasons
    from typed
    offset 0

),

<% if is_numbered %>
-- The lines of an order have no number of their own, and two equal lines are two lines. The order in the file makes the
-- id; an order lies in one file, which a test in _<< name >>.yml holds.
numbered as (

    select
        checked.*,
        clean_sale_id
        || '-' || row_number() over (partition by clean_sale_id, _load_id order by _source_line) as numbered_sale_id
    from checked

),

<% endif %>
final as (

    select
        '<< name >>'::text as source_system,
<% if is_numbered %>
        numbered_sale_id as sale_id,
        clean_sale_id as order_id,
<% elif has_order_id %>
        clean_sale_id as sale_id,
        clean_order_id as order_id,
<% else %>
        clean_sale_id as sale_id,
        -- The files tell of no orders: every line is one of its own.
        clean_sale_id as order_id,
<% endif %>
        case when quantity_integer < 0 then 'return' else 'sale' end as line_type,
        sold_at_timestamp as sold_at,
        clean_product_id as product_id,
        clean_customer_id as customer_id,
        << country >> as country,
        quantity_integer as quantity,
        unit_price_money as unit_price,
        rejection_reasons,
        {{ raw_row([
            << fields >>,
        ]) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from << "numbered" if is_numbered else "checked" >>

)

select * from final
{% endcall %}
