{#- Stands where `make new-source` could not tell something: the project parses with it, and a build stops at it while the
    source system is active. One that is not gives no lines. -#}
{% macro to_choose(what) -%}
    {%- set source_system = model.path.split("/")[1] -%}
    {%- if execute and flags.WHICH in ["run", "build"] and source_system in active_source_systems() -%}
        {{ exceptions.raise_compiler_error(
            "the column of " ~ what ~ " is still to be chosen: see the line marked CHOOSE in " ~ model.original_file_path
        ) }}
    {%- endif -%}
    null::text
{%- endmacro %}
