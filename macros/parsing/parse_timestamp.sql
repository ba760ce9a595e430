{#- The text of a date or time as exports write it, brought to `YYYY-MM-DD[ HH:MM[:SS]]`, and for an instant with its
    `Z` or offset; another text for what cannot be read.

    2024-03-07 14:05:09 · 2024-03-07T14:05:09Z · 07/03/2024 14:05 · 07.03.2024, and the rare forms of rare_moment

    What can be read in more than one way is read as the source's mapping says, or not at all:

    date_order: what comes first in 07/03/2024 and 07-03-2024, "day_first" or "month_first". Days with points are day
        first. With "year_first", days with slashes or dashes are read where the year is in front, also one of two digits.
    short_years: years of two digits, in date_order, also with points: the first of the hundred years that they are of.
        1970 makes 2069 of 69, and 1970 of 70; true is 2000. Without it such days are unreadable, but for 7-Mar-24, which
        is read where the year is below 50.
    date_numbers: what a bare number is, "excel" (45358.5 is noon of 7 March 2024), "excel_1904" (of old Macs),
        "epoch_seconds" or "epoch_milliseconds" (since 1970, UTC: an instant). -#}
{% macro iso_timestamp_text(field, date_order="day_first", short_years=false, date_numbers=none) -%}
    {%- set ymd = {"day_first": "\\3-\\2-\\1", "month_first": "\\3-\\1-\\2"}.get(date_order) -%}
    {%- set time = "[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( [AaPp][Mm])?" -%}
    case
        -- Nearly all, told without a regular expression; whether these are digits is asked by timestamp_or_null.
        when {{ field }} like '____-__-__ __:__:__' or {{ field }} like '____-__-__' then {{ field }}
        {#- Each branch asks first whether a text may be its own at all: common_numbers says why. #}
        -- As programs write it.
        when
            {{ field }} like '____-__-__%'
            and {{ field }} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]{{ time }}([.][0-9]{1,6})?(Z|[-+][0-9]{2}(:?[0-9]{2})?)?$'
            then overlay({{ field }} placing ' ' from 11)
        {%- if ymd %}
        when {{ field }} like '%/%/%' and {{ field }} ~ '^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}( {{ time }})?$'
            then regexp_replace({{ field }}, '^([0-9]+)/([0-9]+)/([0-9]+)', '{{ ymd }}')
        {%- endif %}
        when {{ field }} like '%.%.%' and {{ field }} ~ '^[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}( {{ time }})?$'
            then regexp_replace({{ field }}, '^([0-9]+)[.]([0-9]+)[.]([0-9]+)', '\3-\2-\1')
        {%- if date_numbers %}
        {{ numbered_moment(field, date_numbers) }}
        {%- endif %}
        when
            left({{ field }}, 1) between '0' and '9'
            and {{ field }} ~ '^[0-9]{1,2}[-/ ][^-/ .0-9]{3,}[-/ ][0-9]{4}( {{ time }})?$'
            then {{ with_numbers_of_months(
                "regexp_replace(" ~ small_letters(field) ~ ", '^([0-9]+).([^-/ 0-9]+).([0-9]+)', '\\3-\\2-\\1')"
            ) }}
        -- No moment has fewer digits.
        when {{ field }} ~ '[0-9].*[0-9].*[0-9]' then {{ rare_moment(field, date_order, short_years) }}
    end
{%- endmacro %}


{#- The branch of a `case` for moments that are bare numbers. A spreadsheet's day has its time behind the decimal sign, and
    that a little rounded. -#}
{% macro numbered_moment(field, date_numbers) -%}
    {%- if date_numbers in ("excel", "excel_1904") -%}
        {%- set first_day = {"excel": "1899-12-30", "excel_1904": "1904-01-01"}[date_numbers] -%}
        when {{ field }} ~ '^[1-9][0-9]{2,4}([.,][0-9]{1,15})?$'
            then to_char(
                timestamp '{{ first_day }}'
                + round(replace({{ field }}, ',', '.')::numeric * 86400) * interval '1 second',
                'YYYY-MM-DD HH24:MI:SS'
            )
    {%- elif date_numbers in ("epoch_seconds", "epoch_milliseconds") -%}
        {%- set unit, digits = {"epoch_seconds": ("1 second", "9,10"), "epoch_milliseconds": ("1 millisecond", "12,13")}[date_numbers] -%}
        when {{ field }} ~ '^[1-9][0-9]{ {{- digits -}} }([.][0-9]{1,6})?$'
            then to_char(
                timestamp '1970-01-01' + {{ field }}::numeric * interval '{{ unit }}', 'YYYY-MM-DD HH24:MI:SS.US'
            ) || 'Z'
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "date_numbers is '" ~ date_numbers ~ "': say excel, excel_1904, epoch_seconds or epoch_milliseconds"
        ) }}
    {%- endif -%}
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
    {%- set zone = "([Zz]| ?[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)" -%}
    case
        when {{ iso_text }} ~ '^{{ iso_day() }}( {{ time_of_day() }})?$' then
            case
                -- Every month has these days: most lines need no look at the calendar.
                when {{ day }} <= 28 then {{ iso_text }}::timestamp
                when {{ day }} <= {{ last_of_month }} then {{ iso_text }}::timestamp
            end
        {%- if source_system is not none %}
        when
            {{ has_any_of("right(" ~ iso_text ~ ", 6)", "Zz+-") }}
            and {{ iso_text }} ~ '^{{ iso_day() }} ({{ time_of_day() }}|{{ rare_time_of_day() }}){{ zone }}$' then
            case
                -- `10:05 am Z` is read, and `10:05 amZ` is not.
                when {{ day }} <= {{ last_of_month }}
                    then regexp_replace({{ iso_text }}, '([AaPp][Mm])', '\1 ')::timestamptz
                        at time zone {{ source_time_zone(source_system) }}
            end
        {%- endif %}
        when {{ iso_text }} ~ '^{{ iso_day() }} {{ rare_time_of_day() }}$' then
            case when {{ day }} <= {{ last_of_month }} then {{ iso_text }}::timestamp end
    end
{%- endmacro %}


{% macro iso_day() -%} [12][0-9]{3}-(0?[1-9]|1[0-2])-(0?[1-9]|[12][0-9]|3[01]) {%- endmacro %}


{% macro time_of_day() -%} ([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)? {%- endmacro %}


{#- 24:00 and a leap second are the moment that follows, and 12:30 am is half past midnight: PostgreSQL knows that. -#}
{% macro rare_time_of_day() -%}
    ((0?[1-9]|1[0-2]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)? ?[AaPp][Mm]|24:00(:00([.]0{1,6})?)?|
    {#- #}([01]?[0-9]|2[0-3]):59:60)
{%- endmacro %}
