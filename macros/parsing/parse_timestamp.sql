{#- The text of a date or time as exports write it, brought to `YYYY-MM-DD[ HH:MM[:SS]]`, and for an instant with its
    `Z` or offset; other text stays as it is.

    2024-03-07 14:05:09 · 2024-03-07T14:05:09Z · 20240307 · 07/03/2024 14:05 · 07.03.2024 · 7 Mar 2024 14:05

    Days with slashes are day first, or month first with `date_order="month_first"`; with points they are day first. With
    `short_years`, 07/03/24 and 07.03.24 are of the year 2024; with points, too, they are in `date_order`. -#}
{% macro iso_timestamp_text(field, date_order="day_first", short_years=false) -%}
    {%- set slashes = {"day_first": "\\3-\\2-\\1", "month_first": "\\3-\\1-\\2"}[date_order] -%}
    case
        when {{ field }} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T' then overlay({{ field }} placing ' ' from 11)
        when {{ field }} ~ '^[0-9]{4}-' then {{ field }}
        when {{ field }} ~ '^(19|20)[0-9]{6}$'
            then regexp_replace({{ field }}, '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\1-\2-\3')
        {%- if short_years %}
        when {{ field }} ~ '^[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2}( |$)'
            then regexp_replace({{ field }}, '^([0-9]+)[./]([0-9]+)[./]([0-9]+)', '{{ slashes | replace("\\3", "20\\3") }}')
        {%- endif %}
        -- What follows the year is no further digit of it.
        when {{ field }} ~ '^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}( |$)'
            then regexp_replace({{ field }}, '^([0-9]+)/([0-9]+)/([0-9]+)', '{{ slashes }}')
        when {{ field }} ~ '^[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}( |$)'
            then regexp_replace({{ field }}, '^([0-9]+)[.]([0-9]+)[.]([0-9]+)', '\3-\2-\1')
        when {{ field }} ~* '^[0-9]{1,2} {{ english_month() }} [0-9]{4}( |$)'
            then regexp_replace(
                {{ field }},
                '^([0-9]+) [^ ]+ ([0-9]+)',
                '\2-' || array_position(
                    array['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
                    lower(left(split_part({{ field }}, ' ', 2), 3) collate "C")
                ) || '-\1'
            )
        else {{ field }}
    end
{%- endmacro %}


{% macro english_month() -%}
    (jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sep(t|tember)?|oct(ober)?|nov(ember)?|dec(ember)?)
{%- endmacro %}


{#- `YYYY-MM-DD[ HH:MM[:SS]]` as a timestamp; null where there is no such moment, as on 31 February. It is wall-clock time
    of its source system. An instant, one with a `Z` or an offset (+03:00, +0300, +03), is brought to the time zone of the
    source system; without one it is unreadable.

    The cases are nested because PostgreSQL may evaluate the sides of an `and` in any order, and a cast of what is not
    a date stops the whole load. -#}
{% macro timestamp_or_null(iso_text, source_system=none) -%}
    {%- set date_text = "split_part(" ~ iso_text ~ ", ' ', 1)" -%}
    {%- set day = "split_part(" ~ date_text ~ ", '-', 3)::integer" -%}
    {%- set last_of_month -%}
        extract(
            day from (split_part({{ date_text }}, '-', 1) || '-' || split_part({{ date_text }}, '-', 2) || '-01')::date
            + interval '1 month' - interval '1 day'
        )
    {%- endset -%}
    case
        when {{ iso_text }} ~ '^{{ iso_day() }}( {{ time_of_day() }})?$' then
            case
                -- Every month has these days: most lines need no look at the calendar.
                when {{ day }} <= 28 then {{ iso_text }}::timestamp
                when {{ day }} <= {{ last_of_month }} then {{ iso_text }}::timestamp
            end
        {%- if source_system is not none %}
        when {{ iso_text }} ~ '^{{ iso_day() }} {{ time_of_day() }}(Z| ?[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)$' then
            case
                when {{ day }} <= {{ last_of_month }}
                    then {{ iso_text }}::timestamptz at time zone {{ source_time_zone(source_system) }}
            end
        {%- endif %}
    end
{%- endmacro %}


{% macro iso_day() -%} [12][0-9]{3}-(0?[1-9]|1[0-2])-(0?[1-9]|[12][0-9]|3[01]) {%- endmacro %}


{% macro time_of_day() -%} ([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)? {%- endmacro %}
