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


{#- An increment that is small beside its table is left to autovacuum: analyzing reads a sample of all of the table. That
    PostgreSQL knows how many rows there are says nothing: it learns so from an index that is made. -#}
{% macro postgres__lacks_statistics() -%}
    {{ return(one_value(
        "select not exists (select from pg_stats where (schemaname, tablename) = ('" ~ this.schema ~ "', '" ~ this.identifier
        ~ "')) or coalesce((select stat.n_mod_since_analyze > 0.1 * pg_class.reltuples from pg_class "
        ~ "inner join pg_stat_user_tables as stat on pg_class.oid = stat.relid "
        ~ "where pg_class.oid = to_regclass('" ~ this ~ "')), false)"
    )) }}
{%- endmacro %}
