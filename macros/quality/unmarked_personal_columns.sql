{#- The columns of some schemas whose names suggest that they tell something of a person, and of which no YAML says
    whether they do: `config: {meta: {personal: …}}` of a column is

    true        it tells who somebody is, or something of them: the reporting role does not see it
    pseudonym   a key without a meaning of its own, by which a customer's rows are joined: the reporting role sees it
    false       somebody has looked, and it tells nothing of a person

    A file with a new column gets as far as raw by itself, so this looks at the tables as they are. -#}
{% macro unmarked_personal_columns(schemas) -%}
    {%- set marked = ["''"] -%}
    {%- if execute -%}
        {%- for node in (graph.nodes.values() | list) + (graph.sources.values() | list) if node.schema in schemas -%}
            {%- for column in columns_of(node).values() if "personal" in column.config.meta -%}
                {%- do marked.append("'" ~ node.schema ~ "." ~ (node.identifier or node.alias) ~ "." ~ column.name ~ "'") -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
select
    table_schema,
    table_name,
    column_name,
    concat(
        table_schema, '.', table_name, '.', column_name,
        ': its name suggests a person; say in its YAML whether it is personal'
    ) as message
from information_schema.columns
where
    table_schema in ('{{ schemas | join("', '") }}')
    -- Greenplum lists the partitions of a table beside it.
    and position('_1_prt_' in table_name) = 0
    and {{ matches_pattern("lower(column_name)", personal_name_pattern()) }}
    and concat(table_schema, '.', table_name, '.', column_name) not in (
        {{ marked | join(",\n        ") }}
    )
{%- endmacro %}


{#- Names that suggest a person, as whole words between underscores; a line or row as it came may hold anything. -#}
{% macro personal_name_pattern() -%}
    ^(line|raw_row|customer|client|person|user)$|(^|_)({{ [
        "(customer|client|person|user|login|device|cookie)_(id|no|number|key|name|code|hash)",
        "(first|last|middle|full|sur|given|family|nick)_?name", "e?_?mail", "phone", "mobile", "fax", "address", "street",
        "house", "city", "town", "zip", "post_?code", "birth_?(day|date)", "dob", "age", "gender", "sex", "salutation",
        "registration_date", "registered_at", "iban", "passport", "ssn", "tax_id", "vat_id", "ip", "latitude", "longitude",
    ] | join("|") }})(_(no|number|hash))?$
{%- endmacro %}


{% macro matches_pattern(text, pattern) -%}
    {%- if execute -%}
        {{ adapter.dispatch("matches_pattern")(text, pattern) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


{% macro default__matches_pattern(text, pattern) -%}
    {{ text }} ~ '{{ pattern }}'
{%- endmacro %}


{% macro clickhouse__matches_pattern(text, pattern) -%}
    match({{ text }}, '{{ pattern }}')
{%- endmacro %}
