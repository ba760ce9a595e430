{#- Post-hook: a table that was made a moment ago has no statistics yet, and a plan made without them can take hours
    where it should take seconds. -#}
{% macro gather_statistics() -%}
    {%- if config.get("materialized") != "view" and lacks_statistics() -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}


{% macro lacks_statistics() -%}
    {{ return(adapter.dispatch("lacks_statistics")()) }}
{%- endmacro %}


{% macro default__lacks_statistics() -%}
    {{ return(true) }}
{%- endmacro %}


{#- An increment that is small beside its table is left to autovacuum: analyzing reads a sample of all of the table. -#}
{% macro postgres__lacks_statistics() -%}
    {{ return(one_value(
        "select pg_class.reltuples < 0 or stat.n_mod_since_analyze > 0.1 * pg_class.reltuples "
        ~ "from pg_class left join pg_stat_user_tables as stat on pg_class.oid = stat.relid "
        ~ "where pg_class.oid = to_regclass('" ~ this ~ "')"
    )) }}
{%- endmacro %}
