{#- A name that people typed, in one spelling for `TOYS  &  GAMES`, `toys & games` and ` Toys & Games `; 'Unknown' where
    there is none, so that a report never groups by null.

    Every word has a capital; those of the variable words_as_spelled have their own (TV). After an apostrophe letters are
    small (Men's), but not after O', D' and L' (O'Neill). A word with a digit is in capitals (3D Printers), but for 1st,
    2nd, 3rd, 4th. A Turkish dotted or dotless i is an i: capitals do not tell them apart in files of other languages.

    The spelling depends on the name alone. Were it the one that is typed most often, a day's lines could respell a
    category in all that was built before. -#}
{% macro clean_label(field) -%}
    {#- The common ones, whose letters are the same in every locale. -#}
    coalesce(
        case
            when {{ field }} ~ '^[A-Za-z]+(( & |[ -])[A-Za-z]+)*$'
                and lower({{ field }} collate "C") !~ '(^|[ -])({{ var("words_as_spelled") | join("|") | lower }})([ -]|$)'
                then initcap({{ field }} collate "C")
            else {{ capitalised(plain_label(field)) }}
        end,
        'Unknown'
    )
{%- endmacro %}


{#- Without invisible characters, with one blank where there are several, and with one form of each letter. -#}
{% macro plain_label(field) -%}
    nullif(btrim(regexp_replace(
        regexp_replace(
            replace(translate(normalize({{ field }}), 'İı', 'Ii'), E'i\u0307', 'i'), '[{{ invisible() }}]', '', 'g'
        ),
        '[{{ blanks() }}]+', ' ', 'g'
    )), '')
{%- endmacro %}


{#- Word by word: initcap knows no apostrophes, and what it takes for a word depends on the database's locale. A locale
    may be Turkish, where i and I are no pair, and may leave the last letter of a Greek word to us. -#}
{% macro capitalised(label) -%}
    (
        select string_agg(
            case
                when lower(parts[1] collate "C") in ('{{ var("words_as_spelled") | join("', '") | lower }}')
                    then '{ {%- for word in var("words_as_spelled") -%}
                        "{{ word | lower }}": "{{ word }}"{{ ", " if not loop.last }}
                    {%- endfor -%} }'::jsonb ->> lower(parts[1] collate "C")
                when parts[1] ~ '[0-9]' and parts[1] !~* '^[0-9]+(st|nd|rd|th)$'
                    then translate(upper(parts[1]), 'İ', 'I')
                when parts[1] ~* '^[dlo][''’].[^''’]'
                    then upper(left(parts[1], 2)) || translate(upper(substr(parts[1], 3, 1)), 'İ', 'I')
                        || translate(lower(substr(parts[1], 4)), 'ı', 'i')
                else translate(upper(left(parts[1], 1)), 'İ', 'I')
                    || regexp_replace(translate(lower(substr(parts[1], 2)), 'ı', 'i'), 'σ$', 'ς')
            end || parts[2],
            '' order by place
        )
        from regexp_matches(
            {{ label }}, '([^{{ between_words() }}]*)([{{ between_words() }}]*)', 'g'
        ) with ordinality as words (parts, place)
    )
{%- endmacro %}


{#- ASCII's punctuation but for the apostrophe, dashes and quotes. -#}
{% macro between_words() -%}
    \u0020-\u0026\u0028-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e
    {#- #}\u00ab\u00b7\u00bb\u2010-\u2015\u201c-\u201e\u2022\u2026
{%- endmacro %}
