{#- The full years from a birthday to a day, on any engine. Null where the birthday is not known. -#}
{% macro age_on(day, birthday) -%}
    {#- The linter has no engine. -#}
    {%- if execute -%}
        {{ adapter.dispatch("age_on")(day, birthday) }}
    {%- else -%}
        null
    {%- endif -%}
{%- endmacro %}


{% macro default__age_on(day, birthday) -%}
    extract(year from age({{ day }}, {{ birthday }}))::integer
{%- endmacro %}


{% macro clickhouse__age_on(day, birthday) -%}
    age('year', {{ birthday }}, {{ day }})
{%- endmacro %}


{#- The age band on a day: by the birthday of the customer where it is known, else the one that the source told. -#}
{% macro age_group_on(day, customers) -%}
    {%- set birthday = customers ~ ".birthday" -%}
    case
        when {{ birthday }} is null then {{ customers }}.age_group
        when {{ birthday }} > {{ day }} then 'Unknown'
        else {{ age_group(age_on(day, birthday)) }}
    end
{%- endmacro %}
