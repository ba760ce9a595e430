{#- The fields of a raw row as they came, as jsonb, for people who look into the quarantine. Null for acceptable rows,
    which need no second copy. `relation` is a CTE that carries the columns of the source's table and
    rejection_reasons. -#}
{% macro raw_row(relation, source_table) -%}
    {%- set fields = source_fields(source_table) -%}
    case
        when cardinality({{ relation }}.rejection_reasons) > 0 then jsonb_build_object(
            {%- for field in fields %}
            '{{ field }}', {{ relation }}.{{ field }}{{ "," if not loop.last }}
            {%- endfor %}
        )
    end
{%- endmacro %}


{#- The columns that a source table's YAML describes, less the loader's own, which start with an underscore. -#}
{% macro source_fields(source_table) -%}
    {%- set fields = [] -%}
    {%- for node in (graph.sources.values() if execute else []) if node.name == source_table -%}
        {%- for column in node.columns if not column.startswith("_") -%}
            {%- do fields.append(column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(fields) }}
{%- endmacro %}
