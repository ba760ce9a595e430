-- Grain: one row for each check of a source system and month: what PostgreSQL and ClickHouse held of it.

{{ config(
    materialized=incremental_table(),
    incremental_strategy="append",
    on_schema_change="append_new_columns",
    full_refresh=false,
    order_by="(sale_month, source_system, checked_at)",
    post_hook="{{ say_where_engines_differ() }}",
) }}

{%- set is_checked = in_months("sale_date", months_to_check()) %}

with both_sides as (

    select
        'postgres' as side,
        totals.*
    from ({{ monthly_totals(ref("fct_sales"), is_checked) }}) as totals
    union all
    select
        'clickhouse' as side,
        totals.*
    from ({{ monthly_totals(ref("hot_sales"), is_checked) }}) as totals

),

compared as (

    select
        source_system,
        sale_month,
        sumIf(both_sides.sale_lines, side = 'postgres') as postgres_lines,
        sumIf(both_sides.quantity, side = 'postgres') as postgres_quantity,
        sumIf(both_sides.amount, side = 'postgres') as postgres_amount,
        sumIf(both_sides.content_hash, side = 'postgres') as postgres_hash,
        sumIf(both_sides.sale_lines, side = 'clickhouse') as clickhouse_lines,
        sumIf(both_sides.quantity, side = 'clickhouse') as clickhouse_quantity,
        sumIf(both_sides.amount, side = 'clickhouse') as clickhouse_amount,
        sumIf(both_sides.content_hash, side = 'clickhouse') as clickhouse_hash
    from both_sides
    group by
        source_system,
        sale_month

),

versions as (

    {{ hot_month_versions() }}

),

final as (

    select
        compared.*,
        compared.postgres_lines = compared.clickhouse_lines
        and compared.postgres_quantity = compared.clickhouse_quantity
        and compared.postgres_amount = compared.clickhouse_amount
        and compared.postgres_hash = compared.clickhouse_hash as agrees,
        versions.changed_at as changed_at,
        versions.refreshed_at as refreshed_at,
        now64(3, 'UTC') as checked_at
    from compared
    inner join versions on compared.sale_month = versions.sale_month

)

select * from final
