{#- dbt-greenplum writes these two clauses into every table it makes. The stand-in's PostgreSQL knows neither, so they
    are written on Greenplum alone. -#}
{% macro storage_parameters(appendoptimized, blocksize, orientation, compresstype, compresslevel) -%}
    {%- if is_greenplum() and appendoptimized -%}
        with (
            appendoptimized = true,
            orientation = {{ orientation }},
            blocksize = {{ blocksize }},
            compresstype = {{ compresstype }},
            compresslevel = {{ compresslevel }}
        )
    {%- endif -%}
{%- endmacro %}


{% macro distribution(distributed_by, distributed_replicated) -%}
    {%- if is_greenplum() -%}
        {%- if distributed_by -%}
            distributed by ({{ distributed_by }})
        {%- elif distributed_replicated -%}
            distributed replicated
        {%- else -%}
            distributed randomly
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
