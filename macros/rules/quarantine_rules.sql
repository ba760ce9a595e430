{#- What a sale line must fulfil to enter the star: for each reason of refusal, the condition that is true for a line
    that breaks the rule. It holds for every source system, but for the rules that one is `without`. Where a source system
    is named, a price with the sign of another currency than its own, or than `currency`, that of the line, has a reason of
    its own. Where the lines have no price but a price list has, that is asked alone whether it has one. -#}
{% macro sale_line_rules(source_system=none, without=[], price_list=none, currency=none) -%}
    {%- set rules = {
        "sale_id missing": "clean_sale_id is null",
        "sold_at missing": "clean_sold_at is null",
        "sold_at unreadable": "clean_sold_at is not null and sold_at_timestamp is null",
        "sold_at outside the calendar": "sold_at_timestamp not between " ~ calendar_bounds(),
        "quantity missing": "clean_quantity is null",
        "quantity unreadable": "clean_quantity is not null and quantity_integer is null",
        "quantity zero": "quantity_integer = 0",
        "unit_price missing": "clean_unit_price is null",
        "unit_price unreadable": "clean_unit_price is not null and unit_price_money is null and not " ~ too_fine("unit_price_number"),
        "unit_price with more than four decimal places": "unit_price_money is null and " ~ too_fine("unit_price_number"),
        "unit_price negative": "unit_price_money < 0",
        "amount too large": "abs(quantity_integer * unit_price_money) >= 100000000000000",
        "product_id missing": "clean_product_id is null",
    } -%}
    {%- if price_list is not none -%}
        {%- for reason in rules.copy() if reason.startswith("unit_price") -%}
            {%- do rules.pop(reason) -%}
        {%- endfor -%}
        {%- do rules.update({
            "unit_price not in the product list": "unit_price_money is null and clean_product_id is not null "
                ~ "and sold_at_timestamp is not null",
        }) -%}
    {%- elif currency is not none -%}
        {%- do rules.update({
            "unit_price in another currency": bears_another_sign("clean_unit_price", "unit_price_number", currency),
        }) -%}
    {%- elif source_system is not none -%}
        {%- set unreadable = rules["unit_price unreadable"] -%}
        {%- set foreign = names_another_currency("clean_unit_price", source_system) -%}
        {%- do rules.update({
            "unit_price unreadable": unreadable ~ " and not " ~ foreign,
            "unit_price in another currency": unreadable ~ " and " ~ foreign,
        }) -%}
    {%- endif -%}
    {%- for rule in without -%}
        {%- do rules.pop(rule) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}


{% macro product_rules() -%}
    {{ return({"product_id missing": "clean_product_id is null"}) }}
{%- endmacro %}


{% macro customer_rules() -%}
    {{ return({"customer_id missing": "clean_customer_id is null"}) }}
{%- endmacro %}


{% macro store_rules() -%}
    {{ return({"store_id missing": "clean_store_id is null"}) }}
{%- endmacro %}


{% macro exchange_rate_rules() -%}
    {%- set rules = {
        "rate_date missing": "clean_rate_date is null",
        "rate_date unreadable": "clean_rate_date is not null and rate_moment is null",
        "rate_date outside the calendar": "rate_moment not between " ~ calendar_bounds(),
    } -%}
    {%- for currency in ("from_currency", "to_currency") -%}
        {%- do rules.update({
            currency ~ " missing": "clean_" ~ currency ~ " is null",
            currency ~ " unreadable": "clean_" ~ currency ~ " is not null and " ~ currency ~ "_code is null",
        }) -%}
    {%- endfor -%}
    {%- do rules.update({
        "rate missing": "clean_rate is null",
        "rate unreadable": "clean_rate is not null and rate_number is null",
        "rate not above zero": "rate_number <= 0",
        "rate out of range": "rate_number > 0 and not rate_number between 0.000000000001 and 999999999999",
    }) -%}
    {{ return(rules) }}
{%- endmacro %}


{#- What the values of sale lines and exchange rates are read as, for those who look at one that is not. -#}
{% macro readable_values() -%}
    {%- set moment = "a day such as 2024-03-07 or 7 March 2024, with or without a time such as 14:05; 07/03/2024 and what " ~
        "else has two readings as the mapping of the source says" -%}
    {%- set number = "a number such as 12.50, or 12,50 if the mapping of the source does not say otherwise" -%}
    {%- set price = number ~ ", with the sign of its currency or without" -%}
    {%- set currency = "the code of a currency such as EUR, or a sign that is of one alone" -%}
    {%- set readable = {
        "number": number,
        "whole_number": "a whole number such as 3",
        "money": price,
        "amount": price ~ ", or a percentage",
        "currency": currency,
        "moment": moment,
        "day": moment,
    } -%}
    {%- set found = {
        "sold_at": moment,
        "quantity": readable.whole_number,
        "unit_price": price,
        "rate_date": moment,
        "from_currency": currency,
        "to_currency": currency,
        "rate": number,
    } -%}
    {%- for attribute in sale_attributes().values() if attribute.reads in readable -%}
        {%- do found.update({attribute.name: readable[attribute.reads]}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- First and last moment of dim_date's years, for `between`. -#}
{% macro calendar_bounds() -%}
    '{{ var("calendar_first_year") }}-01-01' and '{{ var("calendar_last_year") }}-12-31 23:59:59.999999'
{%- endmacro %}
