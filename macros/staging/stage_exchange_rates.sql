{#- The exchange rates of a source system, typed and judged: the whole of its staging model, made from a mapping. One
    from_currency is `rate` of to_currency.

    table: its raw table, which is declared as a source of the source system's name.
    parts: which column, or which SQL expression over raw columns, plays which part: rate_date, from_currency, to_currency,
        rate. A list with one column of currencies has the other one as a literal: with units of each currency for a dollar,
        from_currency is "'USD'".
    decimal: see parse_number.
    date_order, short_years, date_numbers: see iso_timestamp_text. -#}
{% macro stage_exchange_rates(
    source_system, table, parts, decimal=none, date_order="day_first", short_years=false, date_numbers=none
) -%}
{%- set dates = {"date_order": date_order, "short_years": short_years, "date_numbers": date_numbers} -%}
{%- call(incremental) incremental_model() -%}
with raw_lines as (

    select * from {{ new_lines(source(source_system, table), incremental) }}

),

-- Why offset: see stage_sale_lines.
cleaned as (

    select
        raw_lines.*,
        {%- for part in ("rate_date", "from_currency", "to_currency", "rate") %}
        {{ clean_text(parts[part], nothing=words_for_nothing(source_system)) }} as clean_{{ part }}{{ "," if not loop.last }}
        {%- endfor %}
    from raw_lines
    offset '0'

),

parsed as (

    select
        cleaned.*,
        {{ iso_timestamp_text("clean_rate_date", **dates) }} as iso_rate_date,
        {{ parse_currency("clean_from_currency", source_system) }} as from_currency_code,
        {{ parse_currency("clean_to_currency", source_system) }} as to_currency_code,
        {{ parse_number("clean_rate", decimal) }} as rate_number
    from cleaned
    offset '0'

),

typed as (

    select
        parsed.*,
        {{ timestamp_or_null("iso_rate_date", source_system) }} as rate_moment
    from parsed
    offset '0'

),

checked as (

    select
        typed.*,
        {{ rejection_reasons(exchange_rate_rules()) }} as rejection_reasons
    from typed
    offset '0'

),

final as (

    select
        '{{ source_system }}'::text as source_system,
        rate_moment::date as rate_date,
        from_currency_code as from_currency,
        to_currency_code as to_currency,
        case when rejection_reasons is null then round(rate_number, 16)::numeric(28, 16) end as rate,
        rejection_reasons,
        {{ judged_values({
            "rate_date": "clean_rate_date",
            "from_currency": "clean_from_currency",
            "to_currency": "clean_to_currency",
            "rate": "clean_rate",
        }) }} as judged_values,
        {{ raw_row(source_system, table) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from checked

)

select * from final
{%- endcall -%}
{%- endmacro %}
