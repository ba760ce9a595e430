{#- Run-operation on Greenplum (`warehouse erase-customer`): the one change of rows that the archive knows. The customer's
    own rows go in every version, and the sales are given to the unknown customer. All in one transaction with entries in
    the ledger, which say for each moment at which rows entered by how much its rows and hashes have changed since; so
    the chain stays whole, and the proof holds. Run again, it finds nothing and changes nothing. -#}
{% macro erase_from_archive(customer_key) -%}
    {%- set sales = ref("historical_sales") -%}
    {%- set customers = ref("historical_customers") -%}
    {%- set superseded = ref("superseded_sales") -%}
    {%- set ledger = ref("archive_ledger") -%}
    {%- set is_theirs = "customer_key = '" ~ customer_key ~ "'::uuid" -%}
    {#- A run-operation has no transaction of its own. -#}
    {%- do run_query("begin") -%}
    {%- if execute and one_value("select to_regclass('history.customers_history')") -%}
        {%- call statement("history") -%}
            delete from history.customers_history where {{ is_theirs }}
        {%- endcall -%}
    {%- endif -%}
    {%- if execute and one_value("select to_regclass('archive.archive_ledger')") -%}
        {%- call statement("lock") -%}
            lock table {{ sales }}, {{ customers }}, {{ superseded }}, {{ ledger }} in share row exclusive mode
        {%- endcall -%}

        {%- set sold = sold_in_all(sales) -%}
        {%- call statement("customers_before") -%}
            create temporary table customers_before on commit drop as
            {{ archived_entries("(select * from " ~ customers ~ " where " ~ is_theirs ~ ") as theirs", customers.identifier) }}
            {{ distribution("archived_at", false) }}
        {%- endcall -%}
        {%- call statement("customers") -%}
            delete from {{ customers }} where {{ is_theirs }}
        {%- endcall -%}

        {#- Deleted and inserted, as Greenplum may not change the column that a row lies by. -#}
        {%- call statement("erasing") -%}
            create temporary table erasing on commit drop as
            select * from {{ sales }} where {{ is_theirs }}
            {{ distribution("sale_key", false) }}
        {%- endcall -%}
        {%- call statement("sales_before") -%}
            create temporary table sales_before on commit drop as
            {{ archived_entries("erasing", sales.identifier) }}
            {{ distribution("archived_at", false) }}
        {%- endcall -%}
        {%- call statement("nobody") -%}
            update erasing set customer_key = '{{ var("unknown_key") }}'::uuid, buyer_key = sale_key
        {%- endcall -%}
        {%- call statement("content_hash") -%}
            update erasing set content_hash = md5({{ content_text("erasing", content_columns("landing_sales")) }})
        {%- endcall -%}
        {%- call statement("sales") -%}
            delete from {{ sales }} where {{ is_theirs }}
        {%- endcall -%}
        {%- call statement("sales_of_nobody") -%}
            insert into {{ sales }} select * from erasing
        {%- endcall -%}
        {%- call statement("superseding") -%}
            create temporary table superseding on commit drop as
            select * from {{ superseded }} where buyer_key = '{{ customer_key }}'::uuid
            {{ distribution("sale_key", false) }}
        {%- endcall -%}
        {%- call statement("superseded") -%}
            delete from {{ superseded }} where buyer_key = '{{ customer_key }}'::uuid
        {%- endcall -%}
        {%- call statement("superseded_of_nobody") -%}
            insert into {{ superseded }} (sale_month, sale_key, buyer_key, version, superseded_at)
            select sale_month, sale_key, sale_key, version, superseded_at from superseding
        {%- endcall -%}

        {%- call statement("entries") -%}
            create temporary table entries_erasure on commit drop as
            with sales_after as (

                {{ archived_entries("erasing", sales.identifier) }}

            ),

            as_last_known as (

                select distinct on (source_system, sale_month) *
                from {{ ledger }}
                where table_name = '{{ sales.identifier }}'
                order by source_system, sale_month, entry desc

            ),

            changes as (

                select
                    sales_after.archived_at,
                    '{{ sales.identifier }}'::text as table_name,
                    source_system,
                    sale_month,
                    0::bigint as rows_added,
                    0::bigint as quantity_added,
                    0::numeric(38, 4) as amount_added,
                    (sales_after.rows_hash::numeric - sales_before.rows_hash::numeric)::text as rows_hash,
                    as_last_known.sale_lines,
                    as_last_known.quantity,
                    as_last_known.amount,
                    as_last_known.content_hash
                from sales_after
                inner join sales_before using (source_system, sale_month, archived_at)
                -- Nothing is known of a month of which there are only entries of all source systems together: it lands anew.
                left join as_last_known using (source_system, sale_month)
                union all
                select
                    archived_at,
                    table_name,
                    source_system,
                    sale_month,
                    - rows_added,
                    null::bigint,
                    null::numeric(38, 4),
                    (- rows_hash::numeric)::text,
                    null::bigint,
                    null::bigint,
                    null::numeric(38, 4),
                    null::text
                from customers_before

            )

            select
                (
                    (select coalesce(max(entry), 0) from {{ ledger }})
                    + row_number() over (order by table_name, sale_month, source_system, archived_at)
                )::bigint as entry,
                changes.*
            from changes
            {{ distribution("entry", false) }}
        {%- endcall -%}
        {%- set chained = chain_to_ledger("entries_erasure") | trim -%}
        {%- if chained -%}
            {%- call statement("ledger") -%}
                {{ chained }}
            {%- endcall -%}
        {%- endif -%}
        {%- if sold_in_all(sales) != sold -%}
            {%- do exceptions.raise_compiler_error(
                "the archive is left as it was, as its sales were to stay as they are: before " ~ sold
                ~ ", without the customer " ~ sold_in_all(sales)
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do run_query("commit") -%}
{%- endmacro %}


{#- The current sales of each source system: lines, quantity and amount. -#}
{% macro sold_in_all(sales) -%}
    {%- set query -%}
        select
            source_system,
            count(*),
            sum(quantity),
            sum(amount)
        from ({{ current_sales(sales) }}) as sales
        group by source_system
        order by source_system
    {%- endset -%}
    {{- run_query(query).rows | map("join", " ") | join("; ") -}}
{%- endmacro %}
