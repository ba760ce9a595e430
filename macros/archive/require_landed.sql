{#- Pre-hook of a snapshot: gives it the columns that are new, null in all rows before. Left to dbt, every row would count for
    changed, and get a further period. -#}
{% macro add_landed_columns(landed_model) -%}
    {%- if execute and load_relation(this) is not none -%}
        {%- set known = adapter.get_columns_in_relation(this) | map(attribute="name") | list -%}
        {%- for column in adapter.get_columns_in_relation(ref(landed_model)) if column.name not in known -%}
            {%- do run_query("alter table " ~ this ~ " add column " ~ column.name ~ " " ~ column.data_type) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- Pre-hook of a snapshot: an empty landing table is one that ClickHouse has not written yet, not a shop that has closed
    down, and would end the period of every row. The unknown member alone makes one row. A key that landed twice would
    have two periods at once. -#}
{% macro require_landed(landed_model, key) -%}
    {%- set landed = ref(landed_model) -%}
    {%- set landing = landed_model | replace("landed", "landing") -%}
    {%- if execute and not run_query("select 1 from " ~ landed ~ " limit 1").rows -%}
        {%- do exceptions.raise_compiler_error(
            landing ~ " is empty: 'warehouse build' or 'warehouse archive' hands over to it first"
        ) -%}
    {%- endif -%}
    {%- do refuse_what_is_found(
        "select '" ~ landing ~ ": ' || " ~ key ~ " || ' landed ' || count(*) || ' times' as message from " ~ landed
        ~ " group by " ~ key ~ " having count(*) > 1 limit 10"
    ) -%}
{%- endmacro %}
