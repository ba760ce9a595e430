{#- A currency as its ISO 4217 code: of the code, in any letter case, or of a sign or word that prices bear (currency_signs).
    One that several share, such as $, is the source system's own currency's, if it is one of them; otherwise nobody can
    tell. An amount beside it is passed over, so that a column of prices tells the currency as well. Null for all else. -#}
{% macro parse_currency(field, source_system) -%}
    {%- set own = source_currency(source_system) -%}
    {%- set name = bare_currency(field) -%}
    {%- set bearers = {} -%}
    {%- for signs in currency_signs().values() -%}
        {%- for sign in signs -%}
            {%- do bearers.update({sign: bearers.get(sign, 0) + 1}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set codes = "'" ~ var("currencies") | join("', '") ~ "'" %}
    case
        when {{ field }} in ({{ codes }}) then {{ field }}
        when upper({{ name }}) in ({{ codes }}) then upper({{ name }})
        when {{ name }} ~* '^({{ currency_names(own) }})$' then {{ own }}
        {#- From the end, as £ alone is the pound's before it is Egypt's. #}
        {%- for code, signs in currency_signs().items() | reverse %}
        {%- set its_own = [] %}
        {%- for sign in signs if bearers[sign] == 1 %}{% do its_own.append(sign) %}{% endfor %}
        {%- if its_own %}
        when {{ name }} ~* '^({{ its_own | join("|") }})$' then '{{ code }}'
        {%- endif %}
        {%- endfor %}
    end
{%- endmacro %}


{#- What stands beside an amount: its currency, or nothing. -#}
{% macro bare_currency(field) -%}
    regexp_replace({{ field }}, '[-+\u2212()0-9.,''’ \u00a0\u2009\u202f]+', '', 'g')
{%- endmacro %}


{#- Whether more than an amount stands in a field. -#}
{% macro bears_a_sign(field) -%}
    ({{ field }} ~ '[^-+0-9.,]' and {{ bare_currency(field) }} not in ('', 'e', 'E'))
{%- endmacro %}


{#- Whether beside an amount that was read stands the name of another currency than the line's. -#}
{% macro bears_another_sign(field, number, currency) -%}
    {%- set known = [] -%}
    {%- for code in currency_signs() -%}
        {%- do known.append(code ~ " (" ~ currency_names(code) ~ ")") -%}
    {%- endfor -%}
    {{ number }} is not null
            and {{ bears_a_sign(field) }}
            and upper({{ bare_currency(field) }}) <> {{ currency }}
            and {{ currency }} || ' ' || {{ bare_currency(field) }} !~* '^({{ known | join("|") }})$'
{%- endmacro %}


{#- The currency of a line that has one of its own. -#}
{% macro line_currency(source_system) -%} coalesce(typed_currency, {{ source_currency(source_system) }}) {%- endmacro %}


{#- The codes and signs of all currencies, as alternatives of a regular expression. -#}
{% macro all_currency_names() -%}
    {%- set names = var("currencies") | list -%}
    {%- for signs in currency_signs().values() -%}
        {%- do names.extend(signs) -%}
    {%- endfor -%}
    {{ return(names | unique | join("|")) }}
{%- endmacro %}


{#- The currency that amounts of all currencies are added up in: WAREHOUSE_REPORTING_CURRENCY. -#}
{% macro reporting_currency() -%}
    {%- set currency = env_var("WAREHOUSE_REPORTING_CURRENCY", "EUR") -%}
    {%- if execute and currency not in var("currencies") -%}
        {{ exceptions.raise_compiler_error(
            "WAREHOUSE_REPORTING_CURRENCY is " ~ currency ~ ": it must be the code of a currency, such as EUR; those known are "
            ~ "in the variable currencies of dbt_project.yml"
        ) }}
    {%- endif -%}
    {{ return(currency) }}
{%- endmacro %}
