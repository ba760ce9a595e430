{#- A quantity or a price, with the other sign where a return is told by its price. In a file of returns the signs tell
    nothing: what comes back is below zero, and its price is not. -#}
{% macro signed(number, negative_price, is_returns) -%}
    {%- if is_returns -%}
        ({{ "-" if number == "quantity_number" }}abs({{ number }}))
    {%- elif negative_price == "return" -%}
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
