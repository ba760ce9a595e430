{#- The sale lines of a source system, typed and judged: the whole of its staging model, made from a mapping.

    table: its raw table, which is declared as a source of the source system's name.
    parts: which column, or which SQL expression over raw columns, plays which part. A part that a source does not have is
        left out.
        sale_id: the number of the line. Without it the lines of an order are numbered as they stand in the file.
        order_id: the number of the order. Without it each line is an order of its own; without both numbers the file and
            the place in it are the line's.
        line_number: the number of the line within its order.
        sold_at, time_of_day: the moment, as one column or as two.
        product_id, customer_id, quantity, unit_price, and each attribute of a sale (sale_attributes).
    ids_within: where the numbers of lines and orders begin anew: "year", "file", or a column such as that of the store.
    line_type: the SQL expression of it, over clean_sale_id, which is the order's where lines are numbered, and
        quantity_integer.
    without: rules of sale_line_rules that do not hold here.
    decimal: "." or ",", the decimal sign; without it, see parse_number.
    date_order, short_years, date_numbers: how days are written that can be read in more than one way: see
        iso_timestamp_text.
    negative_price: "return", where a return has a negative price beside its positive quantity. Without it a negative price
        is refused, as it may be a discount as well; and so are, in both cases, a negative price and quantity.

    offset '0' keeps PostgreSQL from folding the steps into one, where each expression would be worked out anew for every
    use of it: measured, five times slower. Without the quotes the planner takes it for a limit, and uses no parallel
    workers: measured, twice as slow on two cores. -#}
{% macro stage_sale_lines(
    source_system, table, parts, ids_within=none, line_type=none, without=[],
    decimal=none, date_order="day_first", short_years=false, date_numbers=none, negative_price=none
) -%}
{%- set dates = {"date_order": date_order, "short_years": short_years, "date_numbers": date_numbers} -%}
{%- set is_numbered = "order_id" in parts and "sale_id" not in parts and "line_number" not in parts -%}
{%- set has_order_ids = "order_id" in parts and not is_numbered -%}
{%- set attributes = attributes_among(parts) -%}
{%- set rules = sale_line_rules(source_system, without=without) -%}
{%- do rules.update(attribute_rules(attributes)) -%}
{%- set judged = {
    "sale_id": parts.sale_id or parts.order_id or "null::text",
    "sold_at": "clean_sold_at",
    "quantity": "clean_quantity",
    "unit_price": "clean_unit_price",
    "product_id": parts.product_id,
} -%}
{%- for attribute in attributes -%}
    {%- do judged.update({attribute.name: "clean_" ~ attribute.name}) -%}
{%- endfor -%}
{%- call(incremental) incremental_model() -%}
with raw_lines as (

    select * from {{ new_lines(source(source_system, table), incremental) }}

),

cleaned as (

    select
        raw_lines.*,
        {{ sale_id_of(source_system, parts, ids_within, dates) }} as clean_sale_id,
        {%- if has_order_ids %}
        {{ id_within(parts.order_id, source_system, parts, ids_within, dates) }} as clean_order_id,
        {%- endif %}
        {{ clean_id(parts.product_id, source_system) }} as clean_product_id,
        {{ clean_id(parts.customer_id, source_system) if parts.customer_id else "null::text" }} as clean_customer_id,
        {{ moment_of(parts) }} as clean_sold_at,
        {{ clean_text(parts.quantity) }} as clean_quantity,
        {{ clean_text(parts.unit_price) }} as clean_unit_price
        {%- for attribute in attributes %},
        {{ cleaned_attribute(attribute, parts[attribute.name], source_system) }} as clean_{{ attribute.name }}
        {%- endfor %}
    from raw_lines
    offset '0'

),

parsed as (

    select
        cleaned.*,
        {{ iso_timestamp_text("clean_sold_at", **dates) }} as iso_sold_at,
        {{ parse_number("clean_quantity", decimal) }} as quantity_number,
        {{ parse_price("clean_unit_price", source_system, decimal) }} as unit_price_number
        {%- for attribute in attributes %},
        {{ parsed_attribute(attribute, source_system, decimal, dates) }} as parsed_{{ attribute.name }}
        {%- endfor %}
    from cleaned
    offset '0'

),

typed as (

    select
        parsed.*,
        {{ timestamp_or_null("iso_sold_at", source_system) }} as sold_at_timestamp,
        {{ whole_number(signed("quantity_number", negative_price)) }} as quantity_integer,
        {{ money(signed("unit_price_number", negative_price)) }} as unit_price_money
        {%- for attribute in attributes %},
        {{ typed_attribute(attribute, source_system) }} as typed_{{ attribute.name }}
        {%- endfor %}
    from parsed
    offset '0'

),

checked as (

    select
        typed.*,
        {{ rejection_reasons(rules) }} as rejection_reasons
    from typed
    offset '0'

),

{%- if is_numbered %}

-- Two equal lines of an order are two lines: the same gift scanned twice.
numbered as (

    {{ number_lines("checked", "clean_sale_id", incremental) }}

),

{%- endif %}

final as (

    select
        '{{ source_system }}'::text as source_system,
        {{ "numbered_sale_id" if is_numbered else "clean_sale_id" }} as sale_id,
        {{ "clean_order_id" if has_order_ids else "clean_sale_id" }} as order_id,
        {{ line_type or "case when quantity_integer < 0 then 'return' else 'sale' end" }} as line_type,
        sold_at_timestamp as sold_at,
        clean_product_id as product_id,
        clean_customer_id as customer_id,
        quantity_integer as quantity,
        unit_price_money as unit_price,
        {%- for attribute in sale_attributes().values() %}
        {{ attribute_value(attribute, parts) }} as {{ attribute.name }},
        {%- endfor %}
        rejection_reasons,
        {{ judged_values(judged) }} as judged_values,
        {{ raw_row(source_system, table) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from {{ "numbered" if is_numbered else "checked" }}

)

select * from final
{%- endcall -%}
{%- endmacro %}


{% macro sale_id_of(source_system, parts, ids_within, dates) -%}
    {%- if parts.sale_id -%}
        {{ id_within(parts.sale_id, source_system, parts, ids_within, dates) }}
    {%- elif parts.line_number -%}
        {{ id_within(parts.order_id, source_system, parts, ids_within, dates) }} || '-' || {{ clean_text(parts.line_number) }}
    {%- elif parts.order_id -%}
        {{ id_within(parts.order_id, source_system, parts, ids_within, dates) }}
    {%- else -%}
        {#- No line of a file goes for another one's correction. -#}
        {{ line_by_place() }}
    {%- endif -%}
{%- endmacro %}


{#- A number, behind what it is unique within. -#}
{% macro id_within(field, source_system, parts, ids_within, dates) -%}
    {%- set id = clean_id(field, source_system) -%}
    {%- if ids_within is none -%}
        {{ id }}
    {%- elif ids_within == "year" -%}
        substring({{ iso_timestamp_text(clean_text(parts.sold_at), **dates) }} from '^((?:19|20)[0-9]{2})-') || '-' || {{ id }}
    {%- elif ids_within == "file" -%}
        {{ file_identity() }} || ':' || {{ id }}
    {%- else -%}
        {{ clean_id(ids_within, source_system) }} || '-' || {{ id }}
    {%- endif -%}
{%- endmacro %}


{#- A quantity or a price, with the other sign where a return is told by its price. -#}
{% macro signed(number, negative_price) -%}
    {%- if negative_price == "return" -%}
        (case when quantity_number > 0 and unit_price_number < 0 then -{{ number }} else {{ number }} end)
    {%- elif negative_price is none -%}
        {{ number }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("negative_price is '" ~ negative_price ~ "': say return, or nothing") }}
    {%- endif -%}
{%- endmacro %}


{#- The text of the moment: of the day, and of the time of day where that has a column of its own. A day from a database
    has a midnight behind it then. -#}
{% macro moment_of(parts) -%}
    {%- if parts.time_of_day -%}
        nullif(concat_ws(
            ' ',
            regexp_replace({{ clean_text(parts.sold_at) }}, ' 0?0:00(:00)?([.]0+)?$', ''),
            {{ clean_text(parts.time_of_day) }}
        ), '')
    {%- else -%}
        {{ clean_text(parts.sold_at) }}
    {%- endif -%}
{%- endmacro %}
