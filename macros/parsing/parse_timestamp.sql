{#- The text of a date or time as exports write it, brought to `YYYY-MM-DD[ HH:MM[:SS]]`; other text stays as it is.

    2024-03-07 14:05:09 · 2024-03-07T14:05:09Z · 07/03/2024 14:05 · 07.03.2024 · 7 Mar 2024 14:05

    Slashes and dots are day first. A `Z` is dropped: source systems write wall-clock time of their own zone (see the
    seed source_systems). -#}
{% macro iso_timestamp_text(field) -%}
    case
        when {{ field }} ~ '^\d{4}-\d\d-\d\dT' then replace(rtrim({{ field }}, 'Z'), 'T', ' ')
        when {{ field }} ~ '^\d{4}-' then {{ field }}
        when {{ field }} ~ '^\d{1,2}[/.]\d{1,2}[/.]\d{4}'
            then regexp_replace({{ field }}, '^(\d{1,2})[/.](\d{1,2})[/.](\d{4})', '\3-\2-\1')
        when {{ field }} ~* '^\d{1,2} (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{4}'
            then regexp_replace(
                {{ field }},
                '^(\d{1,2}) \S+ (\d{4})',
                '\2-' || array_position(
                    array['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
                    lower(left(split_part({{ field }}, ' ', 2), 3))
                ) || '-\1'
            )
        else {{ field }}
    end
{%- endmacro %}


{#- `YYYY-MM-DD[ HH:MM[:SS]]` as a timestamp; null where there is no such moment, as on 31 February.

    The cases are nested because PostgreSQL may evaluate the sides of an `and` in any order, and a cast of what is not
    a date stops the whole load. -#}
{% macro timestamp_or_null(iso_text) -%}
    {%- set date_text = "split_part(" ~ iso_text ~ ", ' ', 1)" -%}
    {%- set day = "split_part(" ~ date_text ~ ", '-', 3)::integer" -%}
    {%- set first_of_month -%}
        (split_part({{ date_text }}, '-', 1) || '-' || split_part({{ date_text }}, '-', 2) || '-01')::date
    {%- endset -%}
    case
        when {{ iso_text }} ~ '{{ iso_timestamp_pattern() }}' then
            case
                -- Every month has these days: most lines need no look at the calendar.
                when {{ day }} <= 28 then {{ iso_text }}::timestamp
                when
                    {{ day }} <= extract(day from {{ first_of_month }} + interval '1 month' - interval '1 day')
                    then {{ iso_text }}::timestamp
            end
    end
{%- endmacro %}


{% macro iso_timestamp_pattern() -%}
    ^[12]\d{3}-(0?[1-9]|1[0-2])-(0?[1-9]|[12]\d|3[01])( ([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?)?$
{%- endmacro %}
