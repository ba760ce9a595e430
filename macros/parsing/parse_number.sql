{#- A number as exports write it, as numeric; null where it cannot be read.

    12.50 · 12,50 · 1,234.50 · 1.234,50 · €12.50 · -3

    A source that always writes the same decimal sign says which: with `decimal=","`, `1.234` is 1234 and `12,345` is
    12.345; with `decimal="."`, `1,234` is 1234 and `12,50` is unreadable. Without it, a decimal comma is one with one
    or two digits after it (`1,234` is 1234), and a lone point is a decimal one (`1.234` is 1.234). -#}
{% macro parse_number(field, decimal=none) -%}
    {%- set text = "regexp_replace(" ~ field ~ ", '[€$£\\s]', '', 'g')" -%}
    {%- if decimal is none -%}
    case
        when {{ field }} ~ '^-?\d{1,20}(\.\d{1,20})?$' then {{ field }}::numeric
        when {{ text }} ~ '^-?\d{1,20}(\.\d{1,20})?$' then {{ text }}::numeric
        when {{ text }} ~ '^-?\d{1,20},\d{1,2}$' then replace({{ text }}, ',', '.')::numeric
        when {{ text }} ~ '^-?\d{1,3}(,\d{3})+(\.\d{1,20})?$' then replace({{ text }}, ',', '')::numeric
        when {{ text }} ~ '^-?\d{1,3}(\.\d{3})+,\d{1,20}$'
            then replace(replace({{ text }}, '.', ''), ',', '.')::numeric
    end
    {%- else -%}
    {%- set group = {".": ",", ",": "."}[decimal] -%}
    case
        when {{ field }} ~ '^-?\d{1,20}([{{ decimal }}]\d{1,20})?$'
            then replace({{ field }}, '{{ decimal }}', '.')::numeric
        when {{ text }} ~ '^-?\d{1,20}([{{ decimal }}]\d{1,20})?$'
            then replace({{ text }}, '{{ decimal }}', '.')::numeric
        when {{ text }} ~ '^-?\d{1,3}([{{ group }}]\d{3})+([{{ decimal }}]\d{1,20})?$'
            then replace(replace({{ text }}, '{{ group }}', ''), '{{ decimal }}', '.')::numeric
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
