{#- True for rows of months that were refreshed in the last days (variable checked_days): tests of rows look at these, so
    that they cost the same after ten years, and at all where a table was built anew. -#}
{% macro is_recent() -%}
    _refreshed_at > now() - interval {{ var("checked_days") }} day
{%- endmacro %}
