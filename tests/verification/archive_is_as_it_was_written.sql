-- The archive holds exactly what its ledger says was ever added, and the ledger is unbroken. Fails with each measure of
-- each table, month and moment that differs, with what the ledger says and what is found.

{{ config(meta={"speaks_of": "historical_sales"}) }}

with ledger as (

    select * from {{ ref("archive_ledger") }}

),

found_entries as (

    {{ archived_entries(ref("historical_sales"), "historical_sales") }}
    {%- for dimension in var("dimensions") %}
    {%- set historical = "historical_" ~ dimension ~ "s" %}
    union all
    {{ archived_entries(ref(historical), historical) }}
    {%- endfor %}

),

both_sides as (

    -- Entries of erased customers name the moment whose rows they change, and by how much.
    select
        'ledger' as side,
        table_name,
        sale_month,
        archived_at,
        sum(rows_added)::bigint as rows_added,
        sum(quantity_added)::bigint as quantity_added,
        sum(amount_added) as amount_added,
        sum(rows_hash::numeric)::text as rows_hash
    from ledger
    group by
        table_name,
        sale_month,
        archived_at
    having sum(rows_added) > 0
    union all
    select
        'archive' as side,
        table_name,
        sale_month,
        archived_at,
        sum(rows_added)::bigint as rows_added,
        sum(quantity_added)::bigint as quantity_added,
        sum(amount_added) as amount_added,
        sum(rows_hash::numeric)::text as rows_hash
    from found_entries
    group by
        table_name,
        sale_month,
        archived_at

),

measures as (

    select
        side,
        table_name,
        sale_month,
        archived_at,
        unnest(array['rows', 'quantity', 'amount', 'hash']) as measure,
        unnest(array[rows_added::text, quantity_added::text, amount_added::text, rows_hash]) as value
    from both_sides

),

wrong_rows as (

    select
        table_name,
        sale_month,
        archived_at,
        measure,
        coalesce(max(case when side = 'ledger' then value end), 'nothing') as ledger_says,
        coalesce(max(case when side = 'archive' then value end), 'nothing') as found
    from measures
    group by
        table_name,
        sale_month,
        archived_at,
        measure
    having
        max(case when side = 'ledger' then value end)
        is distinct from max(case when side = 'archive' then value end)

),

chain as (

    select
        ledger.*,
        coalesce(lag(entry) over (order by entry), 0) + 1 as position,
        md5(coalesce(lag(chain_hash) over (order by entry), '') || {{ ledger_row_text() }}) as expected_hash
    from ledger

),

broken_links as (

    select
        'archive_ledger'::text as table_name,
        sale_month,
        archived_at,
        'chain at entry ' || entry as measure,
        position || ' ' || expected_hash as ledger_says,
        entry || ' ' || chain_hash as found
    from chain
    where
        entry <> position
        or expected_hash is distinct from chain_hash

),

-- Each version above the first has replaced the one before it, which may be there twice from the days when landing
-- twice was not refused.
replaced as (

    select distinct
        sale_month,
        sale_key,
        version - 1 as version,
        archived_at as superseded_at
    from {{ ref("historical_sales") }}
    where version > 1

),

noted as (

    select distinct
        superseded.sale_month,
        superseded.sale_key,
        superseded.version,
        superseded.superseded_at
    from {{ ref("superseded_sales") }} as superseded
    inner join {{ ref("historical_sales") }} as sales
        on superseded.buyer_key = sales.buyer_key
        and superseded.sale_month = sales.sale_month
        and superseded.sale_key = sales.sale_key
        and superseded.version = sales.version

),

wrong_notes as (

    select
        'superseded_sales'::text as table_name,
        sale_month,
        superseded_at as archived_at,
        'version ' || version || ' of ' || sale_key as measure,
        sum(case when side = 'replaced' then 1 else 0 end)::text as ledger_says,
        sum(case when side = 'noted' then 1 else 0 end)::text as found
    from (
        select
            'replaced' as side,
            replaced.*
        from replaced
        union all
        select
            'noted' as side,
            noted.*
        from noted
    ) as versions
    group by
        sale_month,
        sale_key,
        version,
        superseded_at
    having sum(case when side = 'replaced' then 1 else -1 end) <> 0

)

select * from wrong_rows
union all
select * from broken_links
union all
select * from wrong_notes
order by
    table_name,
    sale_month,
    archived_at,
    measure
