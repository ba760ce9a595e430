-- Grain: one row for each line of the product files.

-- offset 0 keeps PostgreSQL from folding the steps into one, where each expression would be worked out anew for every
-- use of it: measured, five times slower.

{% call(incremental) incremental_model() %}
with raw_lines as (

    select * from {{ new_lines(source("<< name >>", "<< table >>"), incremental) }}

),

cleaned as (

    select
        raw_lines.*,
<% if "product_id" in open %>
        -- CHOOSE: the column with the number of the product, as the sales files have it. << unused >>
<% endif %>
        << product_id >> as clean_product_id,
        << list_price >> as clean_list_price
    from raw_lines
    offset 0

),

parsed as (

    select
        cleaned.*,
        {{ parse_number("clean_list_price"<< decimal >>) }} as list_price_number,
        {{ rejection_reasons(product_rules()) }} as rejection_reasons
    from cleaned
    offset 0

),

final as (

    select
        '<< name >>'::text as source_system,
        clean_product_id as product_id,
        << product_name >> as product_name,
        << category >> as category,
        << supplier >> as supplier,
        case when list_price_number >= 0 then {{ money("list_price_number") }} end as list_price,
        rejection_reasons,
        0::smallint as _precedence,
        {{ raw_row([
            << fields >>,
        ]) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from parsed

)

select * from final
{% endcall %}
