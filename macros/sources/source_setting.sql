{#- What the seed source_systems says of a source system, as a literal: the version of a model covers it, so that a table
    is built anew where the seed has changed. -#}
{% macro source_setting(source_system, setting) -%}
    {%- set seed = ref("source_systems") -%}
    {%- if not execute or adapter.get_relation(seed.database, seed.schema, seed.identifier) is none -%}
        {%- if execute and flags.WHICH in ["run", "build", "test"] -%}
            {{ exceptions.raise_compiler_error("the seed source_systems is not in the database: run 'dbt seed' first") }}
        {%- endif -%}
        {{ return("null") }}
    {%- endif -%}
    {%- set value = one_value("select " ~ setting ~ " from " ~ seed ~ " where source_system = '" ~ source_system ~ "'") -%}
    {%- if value is none -%}
        {{ exceptions.raise_compiler_error(
            "seeds/source_systems.csv lacks the " ~ setting ~ " of '" ~ source_system ~ "': add it there"
        ) }}
    {%- endif -%}
    {{ return("'" ~ value ~ "'") }}
{%- endmacro %}


{#- Macros of their own, so that a unit test, which has no seed, can say what they give. -#}
{% macro source_currency(source_system) -%}
    {{ return(source_setting(source_system, "currency")) }}
{%- endmacro %}


{% macro source_time_zone(source_system) -%}
    {{ return(source_setting(source_system, "time_zone")) }}
{%- endmacro %}
