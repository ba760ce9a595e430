{#- The query of one stream of sale lines; its arguments are those of stage_sale_lines.

    offset '0' keeps PostgreSQL from folding the steps into one, where each expression would be worked out anew for every
    use of it: measured, five times slower. Without the quotes the planner takes it for a limit, and uses no parallel
    workers: measured, twice as slow on two cores. -#}
{% macro sale_lines_of(
    source_system, table, parts, incremental, price_list=none, is_returns=false, ids_within=none, line_type=none, without=[],
    decimal=none, date_order="day_first", short_years=false, date_numbers=none, negative_price=none
) -%}
{%- set dates = {"date_order": date_order, "short_years": short_years, "date_numbers": date_numbers} -%}
{%- set is_numbered = is_numbered_stream(parts, is_returns) -%}
{%- set has_order_ids = "order_id" in parts and not is_numbered -%}
{%- set attributes = attributes_among(parts) -%}
{%- set amounts = attributes | selectattr("reads", "equalto", "amount") | list -%}
{%- set known = attributes | map(attribute="name") | list -%}
{%- set is_priced = price_is_listed(price_list, parts) -%}
{%- set is_costed = cost_is_listed(price_list, parts) -%}
{%- if is_costed -%}
    {%- do known.append("cost") -%}
{%- endif -%}
{%- set typed_lines = "priced" if price_list else "typed" -%}
{%- set whole_lines = "valued" if amounts else typed_lines -%}
{%- set currency = line_currency(source_system) if "currency" in known else none -%}
{%- set rules = sale_line_rules(
    source_system, without=without, price_list=price_list if is_priced else none, currency=currency
) -%}
{%- do rules.update(attribute_rules(attributes, source_system, currency)) -%}
{%- set judged = {
    "sale_id": parts.sale_id or parts.order_id or "null::text",
    "sold_at": "clean_sold_at",
    "quantity": "clean_quantity",
    "unit_price": "clean_product_id" if is_priced else "clean_unit_price",
    "product_id": parts.product_id,
} -%}
{%- for attribute in attributes -%}
    {%- do judged.update({attribute.name: "clean_" ~ attribute.name}) -%}
{%- endfor -%}
{#- The sign beside a price is looked at in any case. -#}
{%- set told = dict(parts, currency="null::text") if parts.currency == parts.unit_price else parts -%}
with raw_lines as (

    select * from {{ new_lines(source(source_system, table), incremental) }}
    {%- if incremental and price_list and are_repriced(source_system) %}
    union all
    select {{ table }}.*
    from {{ lines_of(source(source_system, table)) }}
    inner join ({{ repriced_lines(source_system, {"table": table, "parts": parts, "price_list": price_list}) }}) as repriced
        on {{ table }}._load_id = repriced._load_id and {{ table }}._source_line = repriced._source_line
    {%- endif %}

),

cleaned as (

    select
        raw_lines.*,
        {{ sale_id_of(source_system, parts, ids_within, dates, is_numbered, is_returns) }} as clean_sale_id,
        {%- if has_order_ids %}
        {{ id_within(parts.order_id, source_system, parts, ids_within, dates) }} as clean_order_id,
        {%- endif %}
        {{ clean_id(parts.product_id, source_system) }} as clean_product_id,
        {{ clean_id(parts.customer_id, source_system) if parts.customer_id else "null::text" }} as clean_customer_id,
        {{ moment_of(parts) }} as clean_sold_at,
        {{ clean_text(parts.quantity) }} as clean_quantity
        {%- if not is_priced %},
        {{ clean_text(parts.unit_price) }} as clean_unit_price
        {%- endif %}
        {%- for attribute in attributes %},
        {{ cleaned_attribute(attribute, told[attribute.part], source_system) }} as clean_{{ attribute.name }}
        {%- endfor %}
    from raw_lines
    offset '0'

),

parsed as (

    select
        cleaned.*,
        {{ iso_timestamp_text("clean_sold_at", **dates) }} as iso_sold_at,
        {{ parse_number("clean_quantity", decimal) }} as quantity_number
        {%- if not is_priced %},
        {{ parse_price("clean_unit_price", source_system, decimal, in_any_currency=currency is not none) }} as unit_price_number
        {%- endif %}
        {%- for attribute in attributes %},
        {{ parsed_attribute(attribute, source_system, decimal, dates, price="clean_unit_price" if currency and not is_priced) }} as parsed_{{ attribute.name }}
        {%- endfor %}
    from cleaned
    offset '0'

),

typed as (

    select
        parsed.*,
        {{ timestamp_or_null("iso_sold_at", source_system) }} as sold_at_timestamp,
        {{ whole_number(signed("quantity_number", negative_price, is_returns)) }} as quantity_integer
        {%- if not is_priced %},
        {{ money(signed("unit_price_number", negative_price, is_returns)) }} as unit_price_money
        {%- endif %}
        {%- for attribute in attributes if attribute not in amounts %},
        {{ typed_attribute(attribute, source_system) }} as typed_{{ attribute.name }}
        {%- endfor %}
    from parsed
    offset '0'

),

{%- if price_list %}

priced as (

    select
        typed.*
        {%- if is_priced %},
        prices.list_price as unit_price_money
        {%- endif %}
        {%- if is_costed %},
        {{ listed_cost("quantity_integer") }} as typed_cost
        {%- endif %}
    from typed
    left join ({{ price_periods(price_list) }}) as prices
        on
        typed.clean_product_id = prices.product_id
        and typed.sold_at_timestamp >= prices.valid_from
        and typed.sold_at_timestamp < prices.valid_to
    offset '0'

),

{%- endif %}

{%- if amounts %}

valued as (

    select
        {{ typed_lines }}.*
        {%- for attribute in amounts %},
        {{ amount_of_line(attribute) }} as typed_{{ attribute.name }}
        {%- endfor %}
    from {{ typed_lines }}
    offset '0'

),

{%- endif %}

checked as (

    select
        {{ whole_lines }}.*,
        {{ rejection_reasons(rules) }} as rejection_reasons
    from {{ whole_lines }}
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
        {{ "coalesce(clean_order_id, clean_sale_id)" if has_order_ids else "clean_sale_id" }} as order_id,
        {{ line_type or "case when quantity_integer < 0 then 'return' else 'sale' end" }} as line_type,
        sold_at_timestamp as sold_at,
        clean_product_id as product_id,
        clean_customer_id as customer_id,
        quantity_integer as quantity,
        unit_price_money as unit_price,
        {%- for attribute in sale_attributes().values() %}
        {{ attribute_value(attribute, known, source_system) }} as {{ attribute.name }},
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
{%- endmacro %}


{#- Whether the lines of a stream are numbered within their order: see number_lines. -#}
{% macro is_numbered_stream(parts, is_returns=false) -%}
    {{ return("order_id" in parts and "sale_id" not in parts and "line_number" not in parts and not is_returns) }}
{%- endmacro %}
