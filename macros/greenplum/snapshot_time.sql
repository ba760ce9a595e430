{#- The adapter's own takes the session's time zone. -#}
{% macro greenplum__snapshot_get_time() -%}
    (now() at time zone 'utc')
{%- endmacro %}
