{#- Run-operation on Greenplum (`warehouse repair-archive`): puts right what was handed over twice and entered twice, which
    the archive has refused since. Nothing in it is changed: a sale whose latest version is there more than once gets a
    further one, `repaired`, which replaces them all; and a month that the ledger counted more often than it entered gets
    an entry with the difference. All in one transaction, for each month only where doubling explains to the last bit
    of the hash what the ledger and the archive hold; what else differs is left, and said. Run again, it finds nothing. -#}
{% macro repair_archive() -%}
    {%- set done = [] -%}
    {#- A run-operation has no transaction of its own. -#}
    {%- do run_query("begin") -%}
    {%- if execute -%}
        {%- for dimension in var("dimensions") -%}
            {%- set snapshot = "history." ~ dimension ~ "s_history" -%}
            {%- do done.append(repair_snapshot(snapshot) if one_value("select to_regclass('" ~ snapshot ~ "')")) -%}
        {%- endfor -%}
        {%- if one_value("select to_regclass('archive.historical_sales')") -%}
            {%- do done.extend(repair_sales(ref("historical_sales"), ref("superseded_sales"), ref("archive_ledger"))) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do run_query("commit") -%}
    {%- for line in done | select | list or ["nothing to repair"] -%}
        {%- do print(line) -%}
    {%- endfor -%}
{%- endmacro %}


{#- A snapshot is no part of the proof: of rows with one key one stays. -#}
{% macro repair_snapshot(snapshot) -%}
    {%- do run_query("lock table " ~ snapshot ~ " in share row exclusive mode") -%}
    {%- call statement("once") -%}
        create temporary table once on commit drop as
        select distinct on (dbt_scd_id) *
        from {{ snapshot }}
        where dbt_scd_id in (select dbt_scd_id from {{ snapshot }} group by dbt_scd_id having count(*) > 1)
        order by dbt_scd_id, dbt_valid_to
        {{ distribution("dbt_scd_id", false) }}
    {%- endcall -%}
    {%- set rows = one_value("select count(*) from once") -%}
    {%- do run_query("delete from " ~ snapshot ~ " where dbt_scd_id in (select dbt_scd_id from once)") -%}
    {%- do run_query("insert into " ~ snapshot ~ " select * from once") -%}
    {%- do run_query("drop table once") -%}
    {{ return(snapshot ~ ": " ~ rows ~ " periods were there more than once, and are there once" if rows) }}
{%- endmacro %}


{% macro repair_sales(sales, superseded, ledger) -%}
    {%- set done = [] -%}
    {%- do run_query("lock table " ~ [sales, superseded, ledger] | join(", ") ~ " in share row exclusive mode") -%}
    {#- The archive may be one that an older version of the project has written last. -#}
    {%- for relation in (sales, superseded, ledger) -%}
        {%- do add_new_columns(relation, columns_of_model(relation.identifier)) -%}
    {%- endfor -%}

    {%- call statement("doubled") -%}
        create temporary table doubled on commit drop as
        select
            sale_month,
            sale_key,
            version,
            min(archived_at) as archived_at
        from {{ sales }}
        group by
            sale_month,
            sale_key,
            version
        having count(*) > 1
        {{ distribution("sale_key", false) }}
    {%- endcall -%}
    {#- A month that landed twice was also entered in the ledger twice, each time with all that was added. -#}
    {%- call statement("repeated") -%}
        create temporary table repeated on commit drop as
        select
            sale_month,
            archived_at,
            (count(*) - 1) * rows_added as rows_added,
            (count(*) - 1) * quantity_added as quantity_added,
            (count(*) - 1) * amount_added as amount_added,
            (count(*) - 1) * rows_hash::numeric as rows_hash
        from {{ ledger }} as ledger
        where
            table_name = '{{ sales.identifier }}'
            and source_system is null
            and rows_added > 0
        group by
            sale_month,
            archived_at,
            ledger.rows_added,
            ledger.quantity_added,
            ledger.amount_added,
            ledger.rows_hash
        having count(*) > 1
        {{ distribution("sale_month", false) }}
    {%- endcall -%}
    {%- set months = run_query(
        "select sale_month::text from doubled union select sale_month::text from repeated order by 1"
    ).columns[0].values() -%}
    {%- if not months -%}
        {{ return(done) }}
    {%- endif -%}
    {%- set is_of_months = "sale_month in (date '" ~ months | join("', date '") ~ "')" -%}

    {#- Of each month and moment, what the ledger says, what there is, and how much too much was entered. -#}
    {%- call statement("moments") -%}
        create temporary table moments on commit drop as
        with concerned as (

            select sale_month, archived_at from doubled
            union
            select sale_month, archived_at from repeated

        ),

        said as (

            select
                sale_month,
                archived_at,
                sum(rows_added) as rows_added,
                sum(quantity_added) as quantity_added,
                sum(amount_added) as amount_added,
                sum(rows_hash::numeric) as rows_hash
            from {{ ledger }}
            where table_name = '{{ sales.identifier }}'
            group by
                sale_month,
                archived_at

        ),

        found as (

            select
                sale_month,
                archived_at,
                sum(rows_added) as rows_added,
                sum(quantity_added) as quantity_added,
                sum(amount_added) as amount_added,
                sum(rows_hash::numeric) as rows_hash
            from ({{ archived_entries("(select * from " ~ sales ~ " where " ~ is_of_months ~ ") as sales", sales.identifier) }}) as entries
            group by
                sale_month,
                archived_at

        )

        select
            concerned.sale_month,
            concerned.archived_at,
            said.rows_added as rows_said,
            found.rows_added as rows_found,
            (said.rows_added, said.quantity_added, said.amount_added, said.rows_hash)
            = (found.rows_added, found.quantity_added, found.amount_added, found.rows_hash) as is_as_said,
            (
                said.rows_added - repeated.rows_added,
                said.quantity_added - repeated.quantity_added,
                said.amount_added - repeated.amount_added,
                said.rows_hash - repeated.rows_hash
            )
            = (found.rows_added, found.quantity_added, found.amount_added, found.rows_hash) as is_repeated
        from concerned
        left join said using (sale_month, archived_at)
        left join found using (sale_month, archived_at)
        left join repeated using (sale_month, archived_at)
        {{ distribution("sale_month", false) }}
    {%- endcall -%}
    {%- set unexplained -%}
        select
            to_char(sale_month, 'YYYY-MM') || ', archived ' || archived_at || ': the ledger says '
            || coalesce(rows_said::text, 'nothing of') || ' rows, and there are ' || coalesce(rows_found, 0)
            || ', which no doubling explains: left as it is (warehouse verify-archive)'
        from moments
        where
            is_as_said is not true
            and is_repeated is not true
        order by 1
    {%- endset -%}
    {%- do done.extend(run_query(unexplained).columns[0].values()) -%}

    {%- call statement("entering") -%}
        create temporary table entering_repair on commit drop as
        select distinct on (sales.sale_month, sales.sale_key)
            {%- for column in columns_of_model(sales.identifier) %}
            {{ {
                "version": "sales.version + 1 as version",
                "reason": "'repaired'::text as reason",
                "archived_at": "now() as archived_at",
            }.get(column, "sales." ~ column) }}{{ "," if not loop.last }}
            {%- endfor %}
        from {{ sales }} as sales
        inner join doubled
            on sales.sale_month = doubled.sale_month
            and sales.sale_key = doubled.sale_key
            and sales.version = doubled.version
        inner join moments
            on doubled.sale_month = moments.sale_month
            and doubled.archived_at = moments.archived_at
        left join {{ superseded }} as superseded
            on sales.sale_month = superseded.sale_month
            and sales.sale_key = superseded.sale_key
            and sales.version = superseded.version
        where
            sales.{{ is_of_months }}
            and (moments.is_as_said or moments.is_repeated)
            and superseded.version is null
        order by
            sales.sale_month,
            sales.sale_key,
            sales.content_hash
        {{ distribution("sale_key", false) }}
    {%- endcall -%}
    {%- set names = columns_of_model(sales.identifier) | join(", ") -%}
    {%- do run_query("insert into " ~ sales ~ " (" ~ names ~ ") select " ~ names ~ " from entering_repair") -%}
    {%- do run_query(note_superseded(sales, "entering_repair", is_of_months)) -%}

    {%- call statement("entries") -%}
        create temporary table entries_repair on commit drop as
        with added as (

            {{ archived_entries("entering_repair", sales.identifier) }}

        ),

        held as (

            select
                source_system,
                sale_month,
                count(*)::bigint as sale_lines,
                sum(quantity)::bigint as quantity,
                sum(amount)::numeric(38, 4) as amount,
                {{ hash_of_rows(content_text("sales", content_columns("landing_sales"))) }}::text as content_hash
            from ({{ current_sales(sales) }}) as sales
            where {{ is_of_months }}
            group by
                source_system,
                sale_month

        ),

        changes as (

            select
                added.*,
                coalesce(held.sale_lines, 0) as sale_lines,
                coalesce(held.quantity, 0) as quantity,
                coalesce(held.amount, 0) as amount,
                coalesce(held.content_hash, '0') as content_hash
            from added
            left join held using (source_system, sale_month)
            union all
            select
                '{{ sales.identifier }}'::text,
                null::text,
                sale_month,
                archived_at,
                - repeated.rows_added,
                - repeated.quantity_added,
                - repeated.amount_added,
                (- repeated.rows_hash)::text,
                null::bigint,
                null::bigint,
                null::numeric(38, 4),
                null::text
            from repeated
            inner join moments using (sale_month, archived_at)
            where moments.is_repeated

        )

        select
            (
                (select coalesce(max(entry), 0) from {{ ledger }})
                + row_number() over (order by sale_month, source_system, archived_at)
            )::bigint as entry,
            changes.*
        from changes
        {{ distribution("entry", false) }}
    {%- endcall -%}
    {%- set chained = chain_to_ledger("entries_repair") | trim -%}
    {%- if chained -%}
        {%- do run_query(chained) -%}
    {%- endif -%}
    {%- set told -%}
        select
            to_char(sale_month, 'YYYY-MM') || ': '
            || coalesce(
                source_system || ', ' || rows_added || ' sales were there more than once, and count once',
                - rows_added || ' rows were entered in the ledger too often, and are taken off'
            )
        from entries_repair
        order by entry
    {%- endset -%}
    {%- do done.extend(run_query(told).columns[0].values()) -%}
    {{ return(done) }}
{%- endmacro %}
