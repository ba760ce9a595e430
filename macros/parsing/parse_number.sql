{#- A number as exports write it, as numeric; null where it cannot be read.

    12.50 · 12,50 · 1,234.50 · 1.234,50 · 1 234,50 · -3, and the rare forms of rare_numbers

    Digits are grouped in threes, by a comma, a point or a blank, and a group does not begin with 0. A source that always
    writes the same decimal sign says which: with `decimal=","`, `1.234` is 1234 and `12,345` is 12.345; with
    `decimal="."`, `1,234` is 1234 and `12,50` is unreadable. Without it, a decimal comma is one with one or two digits
    after it, or with 0 before it (`1,234` is 1234, `0,125` is 0.125), and a lone point is a decimal one (`1.234` is
    1.234).

    The characters are named, since what \d and \s are depends on the database's locale. -#}
{% macro parse_number(field, decimal=none) -%}
    case
        {{ common_numbers(field, decimal) }}
        {{ rare_numbers(field, decimal) }}
    end
{%- endmacro %}


{#- The branches of a `case`. The first one is nearly everybody's: `+` in place of `{1,20}` takes a third of the time, as a
    bounded repetition is a state for each digit. The others ask first whether a text may be theirs at all: PostgreSQL keeps
    32 compiled regular expressions, and where a line needs more each of them is compiled anew, a hundred times as long. -#}
{% macro common_numbers(field, decimal) -%}
    {%- set grouped = "[1-9][0-9]{0,2}" -%}
    {%- set blanks = " \u00a0\u2009\u202f" -%}
    {%- set blank = "[" ~ blanks ~ "]" -%}
    {%- if decimal is none -%}
        when length({{ field }}) <= 40 and {{ field }} ~ '^-?[0-9]+(\.[0-9]+)?$' then {{ field }}::numeric
        when {{ field }} like '%,%' and {{ field }} ~ '^-?([0-9]{1,20},[0-9]{1,2}|0,[0-9]{1,20})$'
            then replace({{ field }}, ',', '.')::numeric
        when {{ field }} like '%,%' and {{ field }} ~ '^-?{{ grouped }}(,[0-9]{3})+(\.[0-9]{1,20})?$'
            then replace({{ field }}, ',', '')::numeric
        when {{ field }} like '%,%' and {{ field }} ~ '^-?{{ grouped }}(\.[0-9]{3})+,[0-9]{1,20}$'
            then translate({{ field }}, ',.', '.')::numeric
        when
            {{ has_any_of(field, blanks) }}
            and {{ field }} ~ '^-?{{ grouped }}({{ blank }}[0-9]{3})+([.,][0-9]{1,20})?$'
            then replace(regexp_replace({{ field }}, '{{ blank }}', '', 'g'), ',', '.')::numeric
    {%- else -%}
        {%- set group = {".": ",", ",": "."}[decimal] -%}
        when length({{ field }}) <= 40 and {{ field }} ~ '^-?[0-9]+([{{ decimal }}][0-9]+)?$'
            then replace({{ field }}, '{{ decimal }}', '.')::numeric
        when
            {{ has_any_of(field, group ~ blanks) }}
            and {{ field }} ~ '^-?{{ grouped }}(([{{ group }}][0-9]{3})+|({{ blank }}[0-9]{3})+)([{{ decimal }}][0-9]{1,20})?$'
            then replace(regexp_replace({{ field }}, '[{{ group }}]|{{ blank }}', '', 'g'), '{{ decimal }}', '.')::numeric
    {%- endif -%}
{%- endmacro %}


{#- The branches for forms that few exports write, but that can be read in one way only, tried where no common one fits:

    (12.50) and 12.50- are below zero · +12.50 · .99 · 12. · 1'234.50 · 1,23,456.70 · 1.5E1

    `12.-` is none: twelve francs for some, a minus for others. -#}
{% macro rare_numbers(field, decimal) -%}
    {%- set unsigned = "translate(" ~ field ~ ", '()-+\u2212', '')" -%}
    {%- set text = "[^-+()\u2212]*" %}
    when
        {{ unsigned }} <> {{ field }}
        and {{ field }} ~ '^([(]{{ text }}[0-9.][)]|{{ text }}[0-9]-|[+\u2212]{{ text }})$' then
        case when {{ field }} like '+%' then 1 else -1 end
        * case when {{ unsigned }} ~ '^[0-9.,]' then case
            {{ common_numbers(unsigned, decimal) }}
            {{ unsigned_rare_numbers(unsigned, decimal) }}
        end end
    when {{ field }} ~ '^-?[0-9.,][0-9.,''’eE+-]*$' then case {{ unsigned_rare_numbers(field, decimal) }} end
{%- endmacro %}


{% macro has_any_of(field, characters) -%} translate({{ field }}, '{{ characters }}', '') <> {{ field }} {%- endmacro %}


{% macro unsigned_rare_numbers(field, decimal) -%}
    {%- set sign = decimal or "." -%}
    when {{ field }} ~ '^-?([{{ sign }}][0-9]{1,20}|[0-9]{1,20}[{{ sign }}])$'
        then replace({{ field }}, '{{ sign }}', '.')::numeric
    when {{ field }} ~ '^-?[1-9][0-9]{0,2}([''’][0-9]{3})+([{{ decimal or ".," }}][0-9]{1,20})?$'
        then translate({{ field }}, ',''’', '.')::numeric
    when {{ field }} ~ '^-?[0-9]{1,20}([{{ sign }}][0-9]{1,20})?[eE][-+]?[0-9]{1,2}$'
        then replace({{ field }}, '{{ sign }}', '.')::numeric
    {%- if sign == "." %}
    when {{ field }} ~ '^-?[1-9][0-9]?(,[0-9]{2})+,[0-9]{3}(\.[0-9]{1,20})?$' then replace({{ field }}, ',', '')::numeric
    {%- endif %}
{%- endmacro %}


{#- A whole number, as integer; null where it is none (2.5) or too large to be one. `2.0` is 2. -#}
{% macro whole_number(number) -%}
    case when min_scale({{ number }}) = 0 and abs({{ number }}) < 2147483648 then {{ number }}::integer end
{%- endmacro %}


{#- An amount of money, as numeric(18, 4); null where casting would change the value. -#}
{% macro money(number) -%}
    case
        when not {{ too_fine(number) }} and abs({{ number }}) < 100000000000000
            then {{ number }}::numeric(18, 4)
    end
{%- endmacro %}


{#- Whether an amount has more decimal places than money is kept with. -#}
{% macro too_fine(number) -%} coalesce(min_scale({{ number }}) > 4, false) {%- endmacro %}
