{#- The amount of a sale in the reporting currency, by the rate that it has: null where none is known. -#}
{% macro amount_reporting(relation) -%}
    {%- if execute -%}
        {{ adapter.dispatch("amount_reporting")(relation) }}
    {%- else -%}
        {{ relation }}.amount
    {%- endif -%}
{%- endmacro %}


{% macro default__amount_reporting(relation) -%}
    case
        when {{ relation }}.currency = '{{ reporting_currency() }}' then {{ relation }}.amount
        else round({{ relation }}.amount * {{ relation }}.reporting_rate, 4)
    end
{%- endmacro %}


{#- As wide as there is, as a billion euros are many rupiahs. -#}
{% macro clickhouse__amount_reporting(relation) -%}
    if(
            {{ relation }}.currency = '{{ reporting_currency() }}',
            toNullable(toDecimal128({{ relation }}.amount, 4)),
            toDecimal128(round({{ relation }}.amount * {{ relation }}.reporting_rate, 4), 4)
        )
{%- endmacro %}
