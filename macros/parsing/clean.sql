{#- Ids and names as people and programs write them, without what nobody sees. `clean_id` is rendered outside dbt as well,
    by the erasure of customers: this file needs nothing but Jinja and `var`. -#}


{#- The text of a field without white space, invisible characters among it, around it; null where nothing is left,
    and for the words of `nothing`. -#}
{% macro clean_text(field, nothing="''") -%}
    {{ trimmed(field, "regexp_replace(" ~ field ~ ", '" ~ around_text() ~ "', '', 'g')", nothing) }}
{%- endmacro %}


{#- A business id. Invisible characters and the blanks around it are no part of it, and full-width letters are letters.
    What stands for nothing (variable no_value), such as `NULL` or `-`, is null. Letter case counts, but not in the source
    systems of the variable ids_in_any_case; in those of ids_from_spreadsheets `17850.0` is `17850`. -#}
{% macro clean_id(field, source_system=none) -%}
    {%- set visible -%}
        btrim(regexp_replace(normalize({{ field }}, nfkc), '[{{ invisible() }}]', '', 'g'), {{ ascii_blanks() }})
    {%- endset -%}
    {%- set id = trimmed(field, visible, nothing=words_for_nothing(source_system)) -%}
    {%- if source_system is not none and source_system in var("ids_from_spreadsheets") -%}
        {%- set id = "regexp_replace(" ~ id ~ ", '^([0-9]+)[.]0$', '\\1')" -%}
    {%- endif -%}
    {{ "upper(" ~ id ~ ")" if source_system is not none and source_system in var("ids_in_any_case") else id }}
{%- endmacro %}


{#- Nearly all fields are ASCII, and have nothing around them but ASCII's own blanks: the rest take `otherwise`. Null for
    the words of `nothing`, a list of literals in small letters. -#}
{% macro trimmed(field, otherwise, nothing) -%}
    {%- set plain = "btrim(" ~ field ~ ", " ~ ascii_blanks() ~ ")" -%}
    case
        when octet_length({{ field }}) = length({{ field }}) then {{ null_for(plain, nothing) }}
        else {{ null_for(otherwise, nothing) }}
    end
{%- endmacro %}


{% macro null_for(text, words) -%}
    {%- if words == "''" -%}
        nullif({{ text }}, '')
    {%- else -%}
        case when lower({{ text }} collate "C") not in ({{ words }}) then {{ text }} end
    {%- endif -%}
{%- endmacro %}


{#- What a source system writes where there is nothing, as literals. `but`: words that are values here. -#}
{% macro words_for_nothing(source_system, but=[]) -%}
    {%- set values = but + var("value_of")[source_system] | default([]) | map("lower") | list -%}
    {#- The erasure puts them into SQL that has parameters, whose marks they must not hold. -#}
    {%- set escaped = {"\\": "\\\\", "'": "''", "%": "\\x25", "{": "\\x7b", "}": "\\x7d"} -%}
    {%- set words = ["''"] -%}
    {%- for word in (var("no_value") | list + var("no_value_of")[source_system] | default([])) | map("lower") if word not in values -%}
        {%- set ns = namespace(text=word) -%}
        {%- for sign, escape in escaped.items() -%}
            {%- set ns.text = ns.text | replace(sign, escape) -%}
        {%- endfor -%}
        {%- do words.append("E'" ~ ns.text ~ "'") -%}
    {%- endfor -%}
    {{ words | join(", ") }}
{%- endmacro %}


{#- Blanks and invisible characters as PostgreSQL's regular expressions write them: what \s means depends on the
    database's locale. -#}
{% macro ascii_blanks() -%} E' \t\n\v\f\r' {%- endmacro %}


{% macro blanks() -%} \u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000 {%- endmacro %}


{% macro invisible() -%} \u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff {%- endmacro %}


{% macro around_text() -%}
    ^[{{ blanks() }}{{ invisible() }}]+|[{{ blanks() }}{{ invisible() }}]+$
{%- endmacro %}
