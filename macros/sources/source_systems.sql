{#- The source systems that files are loaded from: WAREHOUSE_SOURCES, a comma-separated list. -#}
{% macro active_source_systems() -%}
    {{ return(env_var("WAREHOUSE_SOURCES").split(",")) }}
{%- endmacro %}


{#- The source systems that have a staging model of an entity (warehouse/environment.py finds them). All have sale lines, and
    not all have stores. What was loaded from one stays in the star, whether it is active or not. -#}
{% macro known_source_systems(entity="sale_lines") -%}
    {%- set systems = [] -%}
    {%- for model in env_var("WAREHOUSE_STAGING_MODELS").split(",") if model.endswith("__" ~ entity) -%}
        {%- do systems.append(model.removeprefix("stg_").removesuffix("__" ~ entity)) -%}
    {%- endfor -%}
    {{ return(systems) }}
{%- endmacro %}


{#- All rows of `stg_<source system>__<entity>` of all source systems. A further source system joins the star by having
    the staging models; nothing else changes. An entity that a source system need not have gives its columns with their
    types: there are no rows where none has it. -#}
{% macro union_source_systems(entity, columns) -%}
    {%- for system in known_source_systems(entity) %}
    select
        {{ columns | join(",\n        ") }}
    from {{ ref("stg_" ~ system ~ "__" ~ entity) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        {%- for name, data_type in columns.items() %}
        null::{{ data_type }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    where false
    {%- endfor %}
{%- endmacro %}


{#- The staging models of an entity, one for each source system that has it. -#}
{% macro staging_models(entity) -%}
    {%- set models = [] -%}
    {%- for system in known_source_systems(entity) -%}
        {%- do models.append(ref("stg_" ~ system ~ "__" ~ entity)) -%}
    {%- endfor -%}
    {{ return(models) }}
{%- endmacro %}


{#- The dimensions whose members sales name. -#}
{% macro dimension_models() -%}
    {%- set models = [] -%}
    {%- for dimension in var("dimensions") -%}
        {%- do models.append(ref("dim_" ~ dimension)) -%}
    {%- endfor -%}
    {{ return(models) }}
{%- endmacro %}
