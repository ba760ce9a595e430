{#- A price, as numeric: a number, with the sign or the ISO code of the source system's own currency once before or behind
    it (€12.50 · -€12.50 · 12,50 € · EUR 12.50 · (€12.50) · 12.50 EUR-). Null where it cannot be read, such as one in
    another currency. With `in_any_currency` it may be any one's: whether it is the line's is judged later. -#}
{% macro parse_price(field, source_system, decimal=none, in_any_currency=false) -%}
    {%- if in_any_currency -%}
        {{ parse_named_amount(field, all_currency_names(), decimal) }}
    {%- else -%}
        {{ parse_amount(field, source_currency(source_system), decimal) }}
    {%- endif -%}
{%- endmacro %}


{#- The same, of a currency given as a literal. -#}
{% macro parse_amount(field, currency, decimal=none) -%}
    {{ parse_named_amount(field, currency_names(currency), decimal) }}
{%- endmacro %}


{#- The same, of what a regular expression names. -#}
{% macro parse_named_amount(field, own, decimal=none) -%}
    {%- set blank = "[ \\u00a0\\u2009\\u202f]?" -%}
    {%- set before = "^([-+\\u2212(]?)(" ~ own ~ ")" -%}
    {%- set behind = "(" ~ own ~ ")([-)]?)$" -%}
    coalesce(
        {{ parse_number(field, decimal) }},
        case
            when {{ field }} ~* '{{ before }}'
                then {{ parse_number("regexp_replace(" ~ field ~ ", '" ~ before ~ blank ~ "', '\\1', 'i')", decimal) }}
            when {{ field }} ~* '{{ behind }}'
                then {{ parse_number("regexp_replace(" ~ field ~ ", '" ~ blank ~ behind ~ "', '\\2', 'i')", decimal) }}
        end
    )
{%- endmacro %}


{#- Whether a price that cannot be read bears the sign or the ISO code of another currency than its source system's. -#}
{% macro names_another_currency(field, source_system) -%}
    {%- set currency = source_currency(source_system) -%}
    {%- set others = [] -%}
    {%- for code in currency_signs() if "'" ~ code ~ "'" != currency -%}
        {%- do others.append(currency_names("'" ~ code ~ "'")) -%}
    {%- endfor -%}
    {%- set own = currency_names(currency) -%}
    {%- set blank = "[ \\u00a0\\u2009\\u202f]?" -%}
    {%- set others = others | join("|") | replace("|[$]|", "|") -%}
    (
        {{ field }} ~ '(?!{{ own }})[\u0024\u00a2-\u00a5\u058f\u060b\u0e3f\u20a0-\u20cf\uff04\uffe0\uffe1\uffe5\uffe6]'
        or {{ field }} ~* '^[-+\u2212(]?({{ others }}){{ blank }}[-(]?[.,0-9]|[-.,0-9)]{{ blank }}({{ others }})[-)]?$'
    )
{%- endmacro %}


{#- The sign and the code of a currency, as alternatives of a regular expression. -#}
{% macro currency_names(currency) -%}
    {%- set code = currency | replace("'", "") -%}
    {{ return(([code] + currency_signs().get(code, [])) | join("|")) }}
{%- endmacro %}


{#- How prices name their currency, but for its ISO code. A sign that several share is each one's own. -#}
{% macro currency_signs() -%}
    {{ return({
        "AED": [], "ARS": ["[$]"], "AUD": ["[$]", "AU?[$]"], "BGN": ["лв[.]?"], "BRL": ["R[$]"], "CAD": ["[$]", "CA?[$]"],
        "CHF": ["S?Fr[.]?"], "CLP": ["[$]"], "CNY": ["¥", "元", "RMB"], "COP": ["[$]"], "CZK": ["Kč"], "DKK": ["kr[.]?"],
        "EGP": ["E?£"], "EUR": ["€"], "GBP": ["£"], "HKD": ["[$]", "HK[$]"], "HUF": ["Ft"], "IDR": ["Rp[.]?"], "ILS": ["₪"],
        "INR": ["₹", "Rs[.]?"], "ISK": ["kr[.]?"], "JPY": ["¥", "円"], "KRW": ["₩"], "KZT": ["₸"], "MXN": ["[$]", "MX[$]"],
        "MYR": ["RM"], "NGN": ["₦"], "NOK": ["kr[.]?"], "NZD": ["[$]", "NZ[$]"], "PHP": ["₱"], "PLN": ["zł"],
        "RON": ["lei"], "RSD": [], "RUB": ["₽", "руб[.]?"], "SAR": [], "SEK": ["kr[.]?"], "SGD": ["[$]", "S[$]"],
        "THB": ["฿"], "TRY": ["₺", "TL"], "TWD": ["[$]", "NT[$]"], "UAH": ["₴", "грн[.]?"], "USD": ["[$]", "US[$]"],
        "VND": ["₫"], "ZAR": ["R"],
    }) }}
{%- endmacro %}
