{#- The sale lines of a source system, typed and judged: the whole of its staging model, made from a mapping.

    table: its raw table, which is declared as a source of the source system's name.
    parts: which column, or which SQL expression over raw columns, plays which part. A part that a source does not have is
        left out.
        sale_id: the number of the line. Without it the lines of an order are numbered as they stand in the file.
        order_id: the number of the order. Without it each line is an order of its own; without both numbers the file and
            the place in it are the line's.
        line_number: the number of the line within its order.
        sold_at, time_of_day: the moment, as one column or as two.
        product_id, customer_id, quantity, unit_price, and each attribute of a sale (sale_attributes), such as discount,
            discount_percent or unit_cost.
        currency: that of the line's amounts, as a code or a sign (parse_currency). Where it is left empty the sign beside
            the price tells it, else it is the source system's own. The column of the prices will do, if their signs alone
            tell it.
    price_list: the model of its prices and costs (stage_prices): each line takes the price and the cost that held on its
        day, where the lines have none, in the currency of the list, which is the source system's.
    returns: what comes back, where that lies in files of its own: {"table": …, "parts": …} and any argument of this macro.
        Their lines are returns, whatever the sign of quantity and price, and have ids of their own beside the sales.
    ids_within: where the numbers of lines and orders begin anew: "year", "file", or a column such as that of the store.
    line_type: the SQL expression of it, over clean_sale_id, which is the order's where lines are numbered, and
        quantity_integer.
    without: rules of sale_line_rules that do not hold here.
    decimal: "." or ",", the decimal sign; without it, see parse_number.
    date_order, short_years, date_numbers: how days are written that can be read in more than one way: see
        iso_timestamp_text.
    negative_price: "return", where a return has a negative price beside its positive quantity. Without it a negative price
        is refused, as it may be a discount as well; and so are, in both cases, a negative price and quantity. -#}
{% macro stage_sale_lines(source_system, table, parts, price_list=none, returns=none) -%}
{%- set streams = [dict(kwargs, table=table, parts=parts, price_list=price_list)] -%}
{%- if returns -%}
    {%- do streams.append(dict(returns, is_returns=true)) -%}
{%- endif -%}
{%- do refuse_unclear_currencies(source_system, streams) -%}
{%- set price_lists = streams | map(attribute="price_list", default=none) | select | unique | list -%}
{%- if price_lists -%}
    {{ config(unique_key="_load_id, _source_line") }}
{%- endif -%}
{%- call(incremental) incremental_model(reads=price_lists, outdated=all_are_to_be_read_anew(source_system, streams)) -%}
{%- for stream in streams %}
{{ "(" if returns }}{{ sale_lines_of(source_system, incremental=incremental, **stream) }}{{ ")" if returns }}
{{- "\nunion all" if not loop.last }}
{%- endfor %}
{%- endcall -%}
{%- endmacro %}


{#- Nothing is taken for the source system's currency that may be another one. -#}
{% macro refuse_unclear_currencies(source_system, streams) -%}
    {%- for stream in streams -%}
        {%- if stream.price_list and "currency" in stream.parts -%}
            {{ exceptions.raise_compiler_error(
                stream.table ~ " takes its prices from the product list, whose currency is that of " ~ source_system
                ~ " in seeds/source_systems.csv: leave out currency in " ~ model.original_file_path
            ) }}
        {%- elif "currency" in streams[0].parts and not stream.price_list and "currency" not in stream.parts -%}
            {{ exceptions.raise_compiler_error(
                "the sales of " ~ source_system ~ " have a currency of their own, and " ~ stream.table ~ " does not say "
                ~ "which: add its column, or one for all as \"'EUR'\", in " ~ model.original_file_path
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
