{#- Ids and names as people and programs write them, without what nobody sees. `clean_id` is rendered outside dbt as well,
    by the erasure of customers: this file needs nothing but Jinja and `var`. -#}


{#- The text of a field without white space, invisible characters among it, around it; null where nothing is left. -#}
{% macro clean_text(field) -%}
    nullif({{ trimmed(field, "regexp_replace(" ~ field ~ ", '" ~ around_text() ~ "', '', 'g')") }}, '')
{%- endmacro %}


{#- A business id. Invisible characters and the blanks around it are no part of it, and full-width letters are letters.
    Letter case counts, but not in the source systems of the variable ids_in_any_case; in those of ids_from_spreadsheets
    `17850.0` is `17850`. -#}
{% macro clean_id(field, source_system=none) -%}
    {%- set visible -%}
        btrim(regexp_replace(normalize({{ field }}, nfkc), '[{{ invisible() }}]', '', 'g'), {{ ascii_blanks() }})
    {%- endset -%}
    {%- set id = "nullif(" ~ trimmed(field, visible) ~ ", '')" -%}
    {%- if source_system is not none and source_system in var("ids_from_spreadsheets") -%}
        {%- set id = "regexp_replace(" ~ id ~ ", '^([0-9]+)[.]0$', '\\1')" -%}
    {%- endif -%}
    {{ "upper(" ~ id ~ ")" if source_system is not none and source_system in var("ids_in_any_case") else id }}
{%- endmacro %}


{#- Nearly all fields are ASCII, and have nothing around them but ASCII's own blanks: the rest take `otherwise`. -#}
{% macro trimmed(field, otherwise) -%}
    case
        when octet_length({{ field }}) = length({{ field }}) then btrim({{ field }}, {{ ascii_blanks() }})
        else {{ otherwise }}
    end
{%- endmacro %}


{#- Blanks and invisible characters as PostgreSQL's regular expressions write them: what \s means depends on the
    database's locale. -#}
{% macro ascii_blanks() -%} E' \t\n\v\f\r' {%- endmacro %}


{% macro blanks() -%} \u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000 {%- endmacro %}


{% macro invisible() -%} \u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff {%- endmacro %}


{% macro around_text() -%}
    ^[{{ blanks() }}{{ invisible() }}]+|[{{ blanks() }}{{ invisible() }}]+$
{%- endmacro %}
