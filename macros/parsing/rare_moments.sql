{#- Days and moments as few exports write them, rewritten step by step until they are `YYYY-MM-DD[ HH:MM[:SS]]`, for an
    instant with `Z` or offset. What fits no rule stays as it is, and is unreadable.

    7-Mar-24 · 7. März 2024 · March 7, 2024 · 7 de marzo de 2024 · Thu Mar 07 2024 10:00 · 2024/03/07 · 20240307T101500Z ·
    2024-03-07 11:30 p.m. · 07-03-2024, 14.05 · 2024-03-07 10:00:00,123456789 UTC

    For date_order and short_years, see iso_timestamp_text.

    PostgreSQL keeps 32 compiled regular expressions, and to compile one takes longer than all the rest: so there are few,
    and names of months are looked up without any. Nor is there a subquery for steps, which would keep parallel workers
    away. -#}
{% macro rare_moment(field, date_order, short_years) -%}
    {#- So many calls within each other are more than the linter can parse. -#}
    {%- if execute -%}
    {%- set text = "regexp_replace(" ~ small_letters(field) ~ ", '[" ~ blanks() ~ "]+', ' ', 'g')" -%}
    {%- set day = rewritten(without_words(text), orders_of_dates(date_order, short_years)) -%}
    btrim({{ rewritten("(" ~ with_numbers_of_months(day) ~ ")", times_of_day()) }})
    {%- else -%}
    {{ field }}
    {%- endif -%}
{%- endmacro %}


{#- Without what locales see differently: small letters, and those of Latin without accents. -#}
{% macro small_letters(field) -%}
    translate(
        lower(normalize({{ field }}) collate "C"),
        'àáâäãçèéêëìíîïñòóôöõùúûüÀÁÂÄÃÇÈÉÊËÌÍÎÏÑÒÓÔÖÕÙÚÛÜАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ年月日',
        'aaaaaceeeeiiiinooooouuuuaaaaaceeeeiiiinooooouuuuабвгдежзийклмнопрстуфхцчшщъыьэюя-- '
    )
{%- endmacro %}


{#- Words between the parts of a moment, which tell nothing. -#}
{% macro without_words(text) -%}
    {%- set words = {
        " de ": " ", " del ": " ", " of ": " ", " at ": " ", " um ": " ", " a las ": " ", " г.": "", " uhr": "",
        "a.m.": "am", "p.m.": "pm", "utc": "z", "gmt": "z",
    } -%}
    {{ replaced(text, words) }}
{%- endmacro %}


{#- `2024-march-7`, as the rules for days leave it, with the month's number. -#}
{% macro with_numbers_of_months(text) -%}
    {%- set numbers = {} -%}
    {%- for names in var("month_names") -%}
        {%- set number = "-" ~ loop.index ~ "-" -%}
        {%- for name in names -%}
            {%- do numbers.update({"-" ~ name ~ "-": number}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ replaced(text, numbers) }}
{%- endmacro %}


{% macro replaced(text, words) -%}
    {%- set ns = namespace(text=text) -%}
    {%- for word, other in words.items() -%}
        {%- set ns.text = "replace(" ~ ns.text ~ ", '" ~ word ~ "', '" ~ other ~ "')" -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}


{#- The rules that bring a day into the order of ISO 8601. -#}
{% macro orders_of_dates(date_order, short_years) -%}
    {%- set weekday = "^(?:(?:" ~ var("weekday_names") | map("join", "|") | join("|") ~ ")[.]?,? )?" -%}
    {%- set month = "([a-zа-яё]{3,})[.]?" -%}
    {%- set number = "([0-9]{1,2})" -%}
    {#- What follows a number is no further digit of it. -#}
    {%- set year = "([0-9]{4})(?![0-9])" -%}
    {%- set day_of_month = weekday ~ number ~ "(?:st|nd|rd|th|er|º|[.])?[-/ ]?" ~ month ~ "[-/, ]{0,2}" -%}
    {%- set rules = [
        (day_of_month ~ year, "\\3-\\2-\\1"),
        (weekday ~ month ~ "[-/ ]?" ~ number ~ "(?:st|nd|rd|th)?(?:, ?|[-/ ])" ~ year, "\\3-\\1-\\2"),
        (weekday ~ month ~ " " ~ number ~ " ([0-9:]{5,8}(?: ?z)?) " ~ year ~ "$", "\\4-\\1-\\2 \\3"),
        ("^([0-9]{4})([-./ ]) ?([0-9]{1,2}|[a-zа-яё]{3,})\\2 ?" ~ number ~ "[.]?(?![0-9])", "\\1-\\3-\\4"),
        ("^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?=[0-9]{6}([^0-9]|$)|[^0-9]|$)", "\\1-\\2-\\3 "),
        ("^" ~ number ~ "[.] ?" ~ number ~ "[.] ?" ~ year, "\\3-\\2-\\1"),
    ] -%}
    {%- set order = {"day_first": "\\4-\\3-\\1", "month_first": "\\4-\\1-\\3", "year_first": "\\1-\\3-\\4"}[date_order] -%}
    {%- if date_order != "year_first" -%}
        {%- do rules.append(("^" ~ number ~ "([-/])" ~ number ~ "\\2" ~ year, order)) -%}
    {%- endif -%}
    {%- for century, years in centuries(short_years) -%}
        {%- if date_order != "year_first" -%}
            {%- do rules.append((day_of_month ~ "(" ~ years ~ ")(?![0-9:.h])", century ~ "\\3-\\2-\\1")) -%}
        {%- endif -%}
        {%- if short_years -%}
            {%- set year = "(" ~ years ~ ")" -%}
            {%- set first, last = (year, number) if date_order == "year_first" else (number, year) -%}
            {%- do rules.append(("^" ~ first ~ "([-./])" ~ number ~ "\\2" ~ last ~ "(?![0-9])", century ~ order)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}


{#- The hundred years that years of two digits are of, as pairs of a century and a regular expression of its years. Where
    nobody has said them, those of a day beside a month's name are what is soon, or not long ago. -#}
{% macro centuries(short_years) -%}
    {%- set first = short_years | int if short_years not in (true, false) else 2000 -%}
    {%- set found = {} -%}
    {%- for year in range(first, first + (100 if short_years else 50)) -%}
        {%- do found.setdefault((year // 100) | string, []).append("%02d" | format(year % 100)) -%}
    {%- endfor -%}
    {%- set pairs = [] -%}
    {%- for century, years in found.items() -%}
        {%- do pairs.append((century, "(?:" ~ years | join("|") ~ ")")) -%}
    {%- endfor -%}
    {{ return(pairs) }}
{%- endmacro %}


{#- The rules for what follows the day. Of a second, six digits are kept. -#}
{% macro times_of_day() -%}
    {{ return([
        ("^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?: ?[t:]|,? {1,2})(?=[0-9])", "\\1 "),
        ("^([^ ]+ [0-9]{1,2})(?: ?h ?|[.])([0-9]{2})(?![0-9.])", "\\1:\\2"),
        ("^([^ ]+ [0-9]{2})([0-9]{2})([0-9]{2})(?![0-9:])", "\\1:\\2:\\3"),
        ("^([^ ]+ [0-9]{2})([0-9]{2})(?![0-9:.])", "\\1:\\2"),
        ("(:[0-9]{2})[.,]([0-9]{1,6})[0-9]*", "\\1.\\2"),
        (" ?(?:z?([-+][0-9]{2}(?::?[0-9]{2})?)|(z))(?: ?[[(][a-z /_]+[])])?$", "\\1\\2"),
    ]) }}
{%- endmacro %}


{#- A text, rewritten by one rule after the other: each a regular expression, and what takes the place of what it finds. -#}
{% macro rewritten(text, rules) -%}
    {%- set ns = namespace(text=text) -%}
    {%- for pattern, replacement in rules -%}
        {%- set ns.text = "regexp_replace(" ~ ns.text ~ ", '" ~ pattern ~ "', '" ~ replacement ~ "')" -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}
