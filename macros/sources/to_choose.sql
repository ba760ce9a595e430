{#- Stands where `make new-source` could not tell the column: the project parses with it, and a build stops at it. -#}
{% macro to_choose(what) -%}
    {%- if execute and flags.WHICH in ["run", "build"] -%}
        {{ exceptions.raise_compiler_error(
            "the column of " ~ what ~ " is still to be chosen: see the line marked CHOOSE in " ~ model.original_file_path
        ) }}
    {%- endif -%}
    null::text
{%- endmacro %}
