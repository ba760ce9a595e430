{#- The fields of a raw row as they came, as jsonb, for people who look into the quarantine: the columns that its table is
    declared with, without those that the loader adds. Null for acceptable rows, which need no second copy. Wants
    rejection_reasons beside it. -#}
{% macro raw_row(source_system, table) -%}
    {%- set fields = [] -%}
    {#- A unit test has no graph. -#}
    {%- if execute and graph.sources -%}
        {%- for column in graph.sources["source.warehouse." ~ source_system ~ "." ~ table].columns if not column.startswith("_") -%}
            {%- do fields.append("'" ~ column ~ "', " ~ adapter.quote(column)) -%}
        {%- endfor -%}
    {%- endif -%}
    case
        when rejection_reasons is not null then jsonb_build_object(
            {{ fields | join(",\n            ") }}
        )
    end
{%- endmacro %}
