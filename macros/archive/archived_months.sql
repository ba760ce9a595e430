{#- What the archive holds, as ClickHouse reads it in the ledger: one row for each source system and month, as last entered. At
    the first hand-over there is no archive, and nothing is known; nor is it of months that were entered for all source
    systems together: they land once more, and add nothing. -#}
{% macro archived_months() -%}
    {%- set ledger = ref("archive_ledger") -%}
    {%- set query -%}
        select count() from system.columns
        where database = '{{ ledger.schema }}' and table = '{{ ledger.identifier }}' and name = 'source_system'
    {%- endset -%}
    {#- The catalogue compiles it on Greenplum, where its table lies. -#}
    {%- set is_there = execute and target.type == "clickhouse" and first_column(query)[0] > 0 -%}
    select
        assumeNotNull(ledger.source_system) as source_system,
        assumeNotNull(toDate(ledger.sale_month)) as sale_month,
        assumeNotNull(argMax(ledger.sale_lines, ledger.entry)) as sale_lines,
        assumeNotNull(argMax(ledger.quantity, ledger.entry)) as quantity,
        assumeNotNull(argMax(ledger.amount, ledger.entry)) as amount,
        assumeNotNull(argMax(ledger.content_hash, ledger.entry)) as content_hash,
        assumeNotNull(argMax(ledger.archived_at, ledger.entry)) as archived_at
    from
        {%- if is_there %} {{ ledger }} as ledger
        {%- else %} null('
            source_system String, sale_month Date, sale_lines Int64, quantity Int64, amount Decimal(38, 4),
            content_hash String, archived_at DateTime64(6), entry Int64, table_name String
        ') as ledger
        {%- endif %}
    where
        ledger.table_name = 'historical_sales'
        and ledger.source_system is not null
    group by
        source_system,
        sale_month
{%- endmacro %}


{#- True for what the variables withdraw_month and withdraw_source say is gone for good. ClickHouse. -#}
{% macro is_withdrawn_month(source_system, sale_month) -%}
    (
        {{ source_system }} = '{{ var("withdraw_source", none) or "" }}'
        {%- if var("withdraw_month", none) %}
        or {{ sale_month }} = toDate('{{ var("withdraw_month") }}-01')
        {%- endif %}
    )
{%- endmacro %}
