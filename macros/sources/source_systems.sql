{#- The source systems that files are loaded from: WAREHOUSE_SOURCES, a comma-separated list. -#}
{% macro active_source_systems() -%}
    {{ return(env_var("WAREHOUSE_SOURCES").split(",")) }}
{%- endmacro %}


{#- All source systems that have staging models (warehouse/environment.py finds them). What was loaded from one stays in the
    star, whether it is active or not. -#}
{% macro known_source_systems() -%}
    {{ return(env_var("WAREHOUSE_KNOWN_SOURCES").split(",")) }}
{%- endmacro %}


{#- All rows of `stg_<source system>__<entity>` of all source systems. A further source system joins the star by having the
    three staging models; nothing else changes. -#}
{% macro union_source_systems(entity, columns) -%}
    {%- for system in known_source_systems() %}
    select
        {{ columns | join(",\n        ") }}
    from {{ ref("stg_" ~ system ~ "__" ~ entity) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}


{#- The staging models of an entity, one for each source system. -#}
{% macro staging_models(entity) -%}
    {%- set models = [] -%}
    {%- for system in known_source_systems() -%}
        {%- do models.append(ref("stg_" ~ system ~ "__" ~ entity)) -%}
    {%- endfor -%}
    {{ return(models) }}
{%- endmacro %}
