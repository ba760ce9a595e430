{#- The ledger's proof needs no trigger and no trust in a program: the sums and hashes of what entered the archive, each
    row chained to the one before by MD5, all in SQL that anyone can run. It finds every later change of the archive or of
    the ledger itself; a cut-off end is found by whoever has kept the last chain_hash (`warehouse verify-archive --head`).
#}

{#- A row of the archive as text: name and value of every column that is not null, in the order of the names. So a column
    that the table gets later, null in all rows before, leaves their hashes as they are. Times in UTC. -#}
{% macro archived_row_text(model_name) -%}
    {%- set values = ["''"] -%}
    {%- for column in columns_of_model(model_name) | sort -%}
        {%- set value = column ~ (" at time zone 'utc'" if column == "archived_at" else "") -%}
        {%- do values.append("coalesce('|" ~ column ~ "=' || (" ~ value ~ ")::text, '')") -%}
    {%- endfor -%}
    {{ values | join("
        || ") }}
{%- endmacro %}


{#- What entered an archive table: one row for each moment, and of sales, which are archived by month, for each source system
    and month. -#}
{% macro archived_entries(relation, model_name) -%}
    {%- set is_sales = "sale_month" in columns_of_model(model_name) -%}
    select
        '{{ model_name }}'::text as table_name,
        {{ "source_system" if is_sales else "null::text" }} as source_system,
        {{ "sale_month" if is_sales else "null::date" }} as sale_month,
        archived_at,
        count(*)::bigint as rows_added,
        {{ "sum(quantity)::bigint" if is_sales else "null::bigint" }} as quantity_added,
        {{ "sum(amount)" if is_sales else "null" }}::numeric(38, 4) as amount_added,
        {{ hash_of_rows(archived_row_text(model_name)) }}::text as rows_hash
    from {{ relation }}
    group by {{ "source_system, sale_month, " if is_sales }}archived_at
{%- endmacro %}


{#- A ledger row as text, which its chain_hash covers. Entries of all source systems together, as they once were made, are
    hashed as they were then. -#}
{% macro ledger_row_text() -%}
    row(
        entry, archived_at at time zone 'utc', table_name, sale_month, rows_added, quantity_added, amount_added, rows_hash,
        sale_lines, quantity, amount, content_hash
    )::text || coalesce('|source_system=' || source_system, '')
{%- endmacro %}


{#- Post-hook of an archive table: accounts for what enters, in the same transaction. Of sales each landed month of a source
    system has a row if it is not as it was, even if nothing had to be added, or it would be landed again and again.

    by_month: whether the table has the sales of the landed months. -#}
{% macro enter_in_ledger(by_month=false) -%}
    {%- set ledger = ref("archive_ledger") -%}
    {%- set entries = "entries_" ~ this.identifier -%}
    {%- call statement("lock_ledger") -%}
        lock table {{ ledger }} in share row exclusive mode
    {%- endcall -%}
    {%- call statement("entries") -%}
        create temporary table {{ entries }} on commit drop as
        with added as (

            {{ archived_entries(entering_of(this), this.identifier) }}

        ),

        {%- if by_month %}

        as_last_known as (

            select distinct on (source_system, sale_month)
                source_system,
                sale_month,
                content_hash,
                archived_at
            from {{ ledger }}
            where table_name = '{{ this.identifier }}'
            order by source_system, sale_month, entry desc

        ),

        entries as (

            select
                landed.source_system,
                landed.sale_month,
                coalesce(added.rows_added, 0) as rows_added,
                coalesce(added.quantity_added, 0) as quantity_added,
                coalesce(added.amount_added, 0)::numeric(38, 4) as amount_added,
                coalesce(added.rows_hash, '0') as rows_hash,
                landed.sale_lines,
                landed.quantity,
                landed.amount,
                landed.content_hash
            from {{ ref("landed_months") }} as landed
            left join added
                on landed.source_system = added.source_system and landed.sale_month = added.sale_month
            left join as_last_known
                on landed.source_system = as_last_known.source_system and landed.sale_month = as_last_known.sale_month
            cross join (select max(landed_at) as landed_at from {{ ref("landing_months") }}) as hand_over
            where
                added.rows_added > 0
                or as_last_known.content_hash is null
                or as_last_known.content_hash <> landed.content_hash
                {%- if var("hot_months", none) %}
                -- It landed as it was: the entry says so, and the month may leave ClickHouse.
                or as_last_known.archived_at at time zone 'utc' < hand_over.landed_at
                {%- endif %}

        )

        {%- else %}

        entries as (

            select
                source_system,
                sale_month,
                rows_added,
                quantity_added,
                amount_added,
                rows_hash,
                null::bigint as sale_lines,
                null::bigint as quantity,
                null::numeric(38, 4) as amount,
                null::text as content_hash
            from added

        )

        {%- endif %}

        select
            (
                (select coalesce(max(entry), 0) from {{ ledger }}) + row_number() over (order by entries.sale_month, entries.source_system)
            )::bigint as entry,
            now() as archived_at,
            '{{ this.identifier }}'::text as table_name,
            entries.*
        from entries
        {{ distribution("entry", false) }}
    {%- endcall -%}
    {#- Not while parsing. -#}
    {%- if execute -%}
        {{ chain_to_ledger(entries) }}
    {%- endif -%}
{%- endmacro %}


{#- Inserts the rows of a temporary table into the ledger, each chained to the one before. -#}
{% macro chain_to_ledger(entries) -%}
    {%- set ledger = ref("archive_ledger") -%}
    {%- set last = run_query("select chain_hash || ' ' from " ~ ledger ~ " order by entry desc limit 1") -%}
    {%- set chain = namespace(hash=((last.columns[0][0] | trim) if last.rows else "")) -%}
    {%- set hashes = [] -%}
    {%- for row in run_query("select entry, " ~ ledger_row_text() ~ " from " ~ entries ~ " order by entry").rows -%}
        {%- set chain.hash = local_md5(chain.hash ~ row[1]) -%}
        {%- do hashes.append("(" ~ row[0] ~ ", '" ~ chain.hash ~ "')") -%}
    {%- endfor -%}
    {%- if hashes -%}
        {%- set columns = graph.nodes["model.warehouse.archive_ledger"].columns | reject("equalto", "chain_hash") | list %}
        insert into {{ ledger }} ({{ columns | join(", ") }}, chain_hash)
        select
            entries.{{ columns | join(",\n            entries.") }},
            chain.chain_hash
        from {{ entries }} as entries
        inner join (values {{ hashes | join(", ") }}) as chain (entry, chain_hash) using (entry)
    {%- endif -%}
{%- endmacro %}
