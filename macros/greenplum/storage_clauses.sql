{#- dbt-greenplum writes these two clauses into every table it makes; the stand-in's PostgreSQL knows neither. -#}
{% macro storage_parameters(appendoptimized, blocksize, orientation, compresstype, compresslevel) -%}
    {%- if is_greenplum() -%}
        {{ return(dbt_greenplum.storage_parameters(appendoptimized, blocksize, orientation, compresstype, compresslevel)) }}
    {%- endif -%}
{%- endmacro %}


{% macro distribution(distributed_by, distributed_replicated) -%}
    {%- if is_greenplum() -%}
        {{ return(dbt_greenplum.distribution(distributed_by, distributed_replicated)) }}
    {%- endif -%}
{%- endmacro %}
