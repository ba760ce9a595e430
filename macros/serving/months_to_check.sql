{#- The months in which the engines must be compared (models/serving/agreement.sql): those that have changed on either
    side since the last comparison, and those that did not agree then. All with the variable check_all_months. -#}
{% macro months_to_check() -%}
    {%- set wanted -%}
        select sale_month, sale_lines, (changed_at, refreshed_at) as version
        from ({{ hot_month_versions() }})
    {%- endset -%}
    {%- set held -%}
        select
            checks.sale_month as sale_month,
            sum(checks.clickhouse_lines) as sale_lines,
            (max(checks.changed_at), max(checks.refreshed_at)) as version
        from {{ this }} as checks
        where
            (sale_month, checked_at) global in (select sale_month, max(checked_at) from {{ this }} group by sale_month)
            and not {{ var("check_all_months") }}
        group by sale_month
        having min(checks.agrees)
    {%- endset -%}
    {{ return(stale_months(wanted, held)) }}
{%- endmacro %}


{#- Of each hot month, the versions that PostgreSQL and ClickHouse hold. A query. -#}
{% macro hot_month_versions() -%}
    select
        sale_month,
        sum(held.sale_lines) as sale_lines,
        max(held.changed_at) as changed_at,
        max(held.refreshed_at) as refreshed_at
    from (
        select sale_month, 0 as sale_lines, changed_at, toDateTime64(0, 3, 'UTC') as refreshed_at
        from {{ ref("hot_months") }}
        union all
        select
            toStartOfMonth(sale_date) as sale_month,
            count() as sale_lines,
            max(_changed_at) as changed_at,
            max(_refreshed_at) as refreshed_at
        from {{ ref("hot_sales") }}
        group by sale_month
    ) as held
    group by sale_month
{%- endmacro %}
