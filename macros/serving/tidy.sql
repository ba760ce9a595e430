{#- Post-hook of models that are partitioned by month: drops the months that the relation no longer has; replacing a
    month by what is not there is none of dbt's strategies. -#}
{% macro drop_months_gone_from(relation, day) -%}
    {%- set query -%}
        select distinct partition_id
        from system.parts
        where
            active
            and database = '{{ this.schema }}'
            and table = '{{ this.identifier }}'
            and partition_id not in (select toString(toYYYYMM({{ day }})) from {{ relation }})
    {%- endset -%}
    {%- set partitions = first_column(query) -%}
    {%- if partitions -%}
        alter table {{ this }}
        {%- for partition in partitions %}
        drop partition id '{{ partition }}'{{ "," if not loop.last }}
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}


{#- Pre-hook of incremental models: drops what a killed run left beside the table. -#}
{% macro drop_leftovers() -%}
    {%- set query -%}
        select name
        from system.tables
        where database = '{{ this.schema }}' and startsWith(name, '{{ this.identifier }}__dbt_new_data')
    {%- endset -%}
    {%- for name in first_column(query) -%}
        {%- do adapter.drop_relation(this.incorporate(path={"identifier": name}, type="table")) -%}
    {%- endfor -%}
{%- endmacro %}
