{#- Attributes of a sale: columns of fct_sales that come from the files as they are. One is declared in the contract of
    fct_sales (models/marts/_marts.yml) and there alone:

        config: {meta: {attribute: {reads: money, refused: {negative: "< 0"}}}}

    reads: text, label, id, number, whole_number, money, currency, moment, day, or amount: money of the whole line, in the
        sign of the quantity whatever its own. Of `discount` such, the column may have it so, or otherwise as the name of
        its part says: `unit_discount`, of one piece; `discount_percent`, of quantity times unit price; `discount_share`,
        the same with 0.1 for 10 %.
    default: what stands where a source or a line has none; null without it. Of a currency it is the source system's.
    refused: reason → condition. A line with such a value goes into quarantine, as does one whose value is unreadable.

    A source that has it names its column among the parts of its mapping; the copies of fct_sales on the other engines
    take it from the contract. -#}
{% macro sale_attributes() -%}
    {%- set found = {} -%}
    {#- A unit test has no graph, and no attributes. -#}
    {%- if execute and graph.nodes -%}
        {%- for column in graph.nodes["model.warehouse.fct_sales"].columns.values() if column.config.meta.attribute -%}
            {%- do found.update({column.name: dict(column.config.meta.attribute, name=column.name, data_type=column.data_type)}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{#- Those that a source has, each with the part that tells it. -#}
{% macro attributes_among(parts) -%}
    {%- set found = [] -%}
    {%- for attribute in sale_attributes().values() -%}
        {%- set names = amounts_by_part(attribute.name) if attribute.reads == "amount" else [attribute.name] -%}
        {%- for part in names if part in parts -%}
            {%- do found.append(dict(attribute, part=part)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if found | map(attribute="name") | unique | list | length < found | length -%}
        {{ exceptions.raise_compiler_error("of " ~ found | map(attribute="part") | join(", ") ~ " several parts say the same: keep one") }}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{#- The parts that may tell an amount, each with an expression for that of the line, without its sign. -#}
{% macro amounts_by_part(name) -%}
    {%- set number = "abs(parsed_" ~ name ~ ")" -%}
    {%- set gross = "coalesce(abs(quantity_integer) * unit_price_money, 0)" -%}
    {{ return({
        name: number,
        "unit_" ~ name: "(coalesce(abs(quantity_integer), 0) * " ~ number ~ ")",
        name ~ "_percent": "round(" ~ gross ~ " * " ~ number ~ " / 100, 4)",
        name ~ "_share": "round(" ~ gross ~ " * " ~ number ~ ", 4)",
    }) }}
{%- endmacro %}


{#- Wants quantity_integer and unit_price_money: where one is missing, the line is refused for that. -#}
{% macro amount_of_line(attribute) -%}
    {%- set amount = money(amounts_by_part(attribute.name)[attribute.part]) -%}
    case when quantity_integer < 0 then -({{ amount }}) else {{ amount }} end
{%- endmacro %}


{% macro cleaned_attribute(attribute, field, source_system) -%}
    {%- if attribute.reads == "id" -%}
        {{ clean_id(field, source_system) }}
    {%- elif attribute.reads in ("label", "currency") -%}
        {{ clean_text(field, nothing=words_for_nothing(source_system)) }}
    {%- else -%}
        {{ clean_text(field) }}
    {%- endif -%}
{%- endmacro %}


{#- Wants clean_<name>, as the others below. `dates`: arguments of iso_timestamp_text; `price`: the field with the price of
    lines that have a currency of their own. -#}
{% macro parsed_attribute(attribute, source_system, decimal, dates, price=none) -%}
    {%- set text = "clean_" ~ attribute.name -%}
    {%- if attribute.reads in ("number", "whole_number") -%}
        {{ parse_number(text, decimal) }}
    {%- elif attribute.reads == "amount" and not is_money(attribute) -%}
        {{ parse_number("btrim(" ~ text ~ ", E'% \\u00a0\\u202f')", decimal) }}
    {%- elif is_money(attribute) -%}
        {{ parse_price(text, source_system, decimal, in_any_currency=price is not none) }}
    {%- elif attribute.reads == "currency" -%}
        case
            when {{ text }} is not null then {{ parse_currency(text, source_system) }}
            {%- if price is not none %}
            when {{ bears_a_sign(price) }} then {{ parse_currency(price, source_system) }}
            {%- endif %}
        end
    {%- elif attribute.reads in ("moment", "day") -%}
        {{ iso_timestamp_text(text, **dates) }}
    {%- elif attribute.reads == "label" -%}
        case when {{ text }} is not null then {{ clean_label(text) }} end
    {%- else -%}
        {{ text }}
    {%- endif -%}
{%- endmacro %}


{% macro typed_attribute(attribute, source_system) -%}
    {%- set parsed = "parsed_" ~ attribute.name -%}
    {%- if attribute.reads == "whole_number" -%}
        {{ whole_number(parsed) }}
    {%- elif attribute.reads == "money" -%}
        {{ money(parsed) }}
    {%- elif attribute.reads == "moment" -%}
        {{ timestamp_or_null(parsed, source_system) }}
    {%- elif attribute.reads == "day" -%}
        ({{ timestamp_or_null(parsed, source_system) }})::date
    {%- else -%}
        {{ parsed }}
    {%- endif -%}
{%- endmacro %}


{#- Not so a share of the price. -#}
{% macro is_money(attribute) -%}
    {{ return(attribute.reads == "money" or attribute.part in (attribute.name, "unit_" ~ attribute.name) and attribute.reads == "amount") }}
{%- endmacro %}


{#- `currency`: that of the line, where it has one of its own. -#}
{% macro attribute_rules(attributes, source_system, currency=none) -%}
    {%- set rules = {} -%}
    {%- for attribute in attributes -%}
        {%- set typed = "typed_" ~ attribute.name -%}
        {%- set unreadable = "clean_" ~ attribute.name ~ " is not null and " ~ typed ~ " is null" -%}
        {%- if attribute.reads == "amount" -%}
            {#- What stands for nothing is looked for here alone: it is no number. -#}
            {%- set unreadable = unreadable ~ " and " ~ null_for("clean_" ~ attribute.name, words_for_nothing(source_system)) ~ " is not null" -%}
        {%- endif -%}
        {%- if is_money(attribute) -%}
            {%- set fine = too_fine("parsed_" ~ attribute.name) -%}
            {%- do rules.update({
                attribute.name ~ " unreadable": unreadable ~ " and not " ~ fine,
                attribute.name ~ " with more than four decimal places": typed ~ " is null and " ~ fine,
            }) -%}
            {%- if currency is not none -%}
                {%- do rules.update({
                    attribute.name ~ " in another currency": bears_another_sign(
                        "clean_" ~ attribute.name, "parsed_" ~ attribute.name, currency
                    ),
                }) -%}
            {%- endif -%}
        {%- elif attribute.reads not in ("text", "label", "id") -%}
            {%- do rules.update({attribute.name ~ " unreadable": unreadable}) -%}
        {%- endif -%}
        {%- for reason, condition in attribute.get("refused", {}).items() -%}
            {#- Few lines have one, and PostgreSQL works out what it is compared with before it looks whether it is null. -#}
            {%- do rules.update({attribute.name ~ " " ~ reason: typed ~ " is not null and " ~ typed ~ " " ~ condition}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}


{#- The value in a staging model: of a source that has it (`known`), or what stands in its place. -#}
{% macro attribute_value(attribute, known, source_system) -%}
    {%- set default = "null" -%}
    {%- if attribute.reads == "currency" -%}
        {%- set default = source_currency(source_system) -%}
    {%- elif attribute.default is defined -%}
        {%- set default = "'" ~ attribute.default ~ "'" -%}
    {%- endif -%}
    {%- if attribute.name in known and default != "null" -%}
        coalesce(typed_{{ attribute.name }}::{{ attribute.data_type }}, {{ default }})
    {%- else -%}
        {{ "typed_" ~ attribute.name if attribute.name in known else default }}::{{ attribute.data_type }}
    {%- endif -%}
{%- endmacro %}
