{#- A row's content as one text, the same on every engine: what is archived can be held to its source by any of them, and
    by anyone who reads the Parquet copy. Of every column that is not null the name and the value, `|name=value`; dates and
    times are ISO 8601, decimals show all their places. A column that comes later, null in all rows before, changes no hash.

    columns: a dictionary of name → data type, as YAML declares them; relation: the alias they are read from. -#}
{% macro content_text(relation, columns) -%}
    {%- set values = [] -%}
    {%- for name, data_type in columns.items() -%}
        {%- set value = adapter.dispatch("content_of")(relation ~ "." ~ name, data_type) | trim -%}
        {%- do values.append("coalesce('|" ~ name ~ "=' || " ~ value ~ ", '')") -%}
    {%- endfor -%}
    {{ values | join("\n        || ") }}
{%- endmacro %}


{% macro postgres__content_of(column, data_type) -%}
    {%- if data_type == "date" -%}
        to_char({{ column }}, 'YYYY-MM-DD')
    {%- elif data_type == "timestamp" -%}
        to_char({{ column }}, 'YYYY-MM-DD HH24:MI:SS.US')
    {%- else -%}
        {{ column }}::text
    {%- endif -%}
{%- endmacro %}


{% macro clickhouse__content_of(column, data_type) -%}
    {%- if data_type == "date" -%}
        toString(toDate32({{ column }}))
    {%- elif data_type == "timestamp" -%}
        toString(toDateTime64({{ column }}, 6))
    {%- elif data_type.startswith("numeric") -%}
        toDecimalString({{ column }}, {{ data_type.split(",")[1].rstrip(")") }})
    {%- else -%}
        toString({{ column }})
    {%- endif -%}
{%- endmacro %}


{#- A hash over many rows, in any order: the sum of the first 60 bits of each row's MD5. A sum, so that a repeated row
    counts; 60 bits, as 64 would not fit PostgreSQL's bigint. -#}
{% macro hash_of_rows(row_text) -%}
    {%- if execute -%}
        {{ adapter.dispatch("hash_of_rows")(row_text) }}
    {%- else -%}
        count(*)
    {%- endif -%}
{%- endmacro %}


{% macro postgres__hash_of_rows(row_text) -%}
    {{ sum_of_hashes("md5(" ~ row_text ~ ")") }}
{%- endmacro %}


{#- The same of rows whose MD5 is known. PostgreSQL and Greenplum. -#}
{% macro sum_of_hashes(row_hash) -%}
    sum(('x' || substr({{ row_hash }}, 1, 15))::bit(60)::bigint)
{%- endmacro %}


{% macro clickhouse__hash_of_rows(row_text) -%}
    sum(toUInt128(bitShiftRight(reinterpretAsUInt64(reverse(substring(MD5({{ row_text }}), 1, 8))), 4)))
{%- endmacro %}


{#- What is hashed of a landed row: all its columns, by the types that YAML gives them. The month is left
    out, as only the archive has it; it follows from the day. So is the moment of the hand-over. -#}
{% macro content_columns(landing_model) -%}
    {%- set found = {} -%}
    {%- for column in columns_of_model(landing_model).values() if column.name not in ("sale_month", "landed_at") -%}
        {%- do found.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
