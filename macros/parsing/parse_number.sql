{#- A number as exports write it, as numeric; null where it cannot be read.

    12.50 · 12,50 · 1,234.50 · 1.234,50 · 1 234,50 · -3

    Digits are grouped in threes, by a comma, a point or a blank, and a group does not begin with 0. A source that always
    writes the same decimal sign says which: with `decimal=","`, `1.234` is 1234 and `12,345` is 12.345; with
    `decimal="."`, `1,234` is 1234 and `12,50` is unreadable. Without it, a decimal comma is one with one or two digits
    after it, or with 0 before it (`1,234` is 1234, `0,125` is 0.125), and a lone point is a decimal one (`1.234` is
    1.234).

    The characters are named, since what \d and \s are depends on the database's locale. -#}
{% macro parse_number(field, decimal=none) -%}
    {%- set grouped = "[1-9][0-9]{0,2}" -%}
    {%- set blank = "[ \u00a0\u2009\u202f]" -%}
    {%- if decimal is none -%}
    case
        when {{ field }} ~ '^-?[0-9]{1,20}(\.[0-9]{1,20})?$' then {{ field }}::numeric
        when {{ field }} ~ '^-?([0-9]{1,20},[0-9]{1,2}|0,[0-9]{1,20})$' then replace({{ field }}, ',', '.')::numeric
        when {{ field }} ~ '^-?{{ grouped }}(,[0-9]{3})+(\.[0-9]{1,20})?$' then replace({{ field }}, ',', '')::numeric
        when {{ field }} ~ '^-?{{ grouped }}(\.[0-9]{3})+,[0-9]{1,20}$'
            then translate({{ field }}, ',.', '.')::numeric
        when {{ field }} ~ '^-?{{ grouped }}({{ blank }}[0-9]{3})+([.,][0-9]{1,20})?$'
            then replace(regexp_replace({{ field }}, '{{ blank }}', '', 'g'), ',', '.')::numeric
    end
    {%- else -%}
    {%- set group = {".": ",", ",": "."}[decimal] -%}
    case
        when {{ field }} ~ '^-?[0-9]{1,20}([{{ decimal }}][0-9]{1,20})?$'
            then replace({{ field }}, '{{ decimal }}', '.')::numeric
        when {{ field }} ~ '^-?{{ grouped }}(([{{ group }}][0-9]{3})+|({{ blank }}[0-9]{3})+)([{{ decimal }}][0-9]{1,20})?$'
            then replace(regexp_replace({{ field }}, '[{{ group }}]|{{ blank }}', '', 'g'), '{{ decimal }}', '.')::numeric
    end
    {%- endif -%}
{%- endmacro %}


{#- A whole number, as integer; null where it is none (2.5) or too large to be one. `2.0` is 2. -#}
{% macro whole_number(number) -%}
    case when {{ number }} = trunc({{ number }}) and abs({{ number }}) < 2147483648 then {{ number }}::integer end
{%- endmacro %}


{#- An amount of money, as numeric(18, 4); null where casting would change the value. -#}
{% macro money(number) -%}
    case
        when {{ number }} = round({{ number }}, 4) and abs({{ number }}) < 100000000000000
            then {{ number }}::numeric(18, 4)
    end
{%- endmacro %}
