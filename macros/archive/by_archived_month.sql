{#- The SQL of a model that reads the archive month by month, as its rows of a month depend on the sales of that month alone. It
    is called as a block whose argument is true for the sales to be read:

        {% call(is_asked) by_archived_month() %}
        select … where {{ is_asked }} …
        {% endcall %}

    The months are those that have a further entry in the ledger since they were asked (analytics._asked_months), and all
    of them where this version of the model, which is a hash over the block with every macro written out, has asked none
    yet. The compiled SQL says which, for the strategy `archived_months` and for note_asked_months. -#}
{% macro by_archived_month() -%}
    {%- set version = local_md5(without_comments(caller("true"))) if execute else "" -%}
    {%- if is_incremental() and one_value("select 1 from (" ~ months_asked(this.identifier, version) ~ ") as asked limit 1") -%}
        {%- set months = months_to_ask(this.identifier, version) -%}
        /* version {{ version }} asks {{ months | join(" ") }} */
        {{ caller(in_months("sale_month", months)) }}
    {%- else -%}
        {%- if not execute -%}
            {%- do ref("archive_ledger") -%}
        {%- endif -%}
        /* version {{ version }} asks all */
        {{ caller("true") }}
    {%- endif -%}
{%- endmacro %}


{#- What one knows of the archive: a model by its version, or the tests. -#}
{% macro months_asked(asker, version) -%}
    select sale_month, entry from analytics._asked_months
    where asker = '{{ asker }}' and version = '{{ version }}'
{%- endmacro %}


{#- The first days of the months that have a further entry in the ledger since. -#}
{% macro months_to_ask(asker, version) -%}
    {%- set query -%}
        select ledger.sale_month::text
        from ({{ last_entries() }}) as ledger
        left join ({{ months_asked(asker, version) }}) as asked on ledger.sale_month = asked.sale_month
        where asked.entry is distinct from ledger.entry
        order by ledger.sale_month
    {%- endset -%}
    {{ return(first_column(query)) }}
{%- endmacro %}


{#- The last entry of each month of sales. -#}
{% macro last_entries() -%}
    select
        sale_month,
        max(entry) as entry
    from {{ ref("archive_ledger") }}
    where table_name = 'historical_sales'
    group by sale_month
{%- endmacro %}


{#- What the compiled model says of itself: its version, and the months that it asks, none for all. -#}
{% macro asked_by_model() -%}
    {%- set found = modules.re.search("/\* version (\w+) asks (all|[-\d ]*) ?\*/", model.get("compiled_code") or "") -%}
    {{ return({
        "version": found.group(1),
        "months": none if found.group(2) == "all" else found.group(2).split(),
    } if found else none) }}
{%- endmacro %}


{#- Incremental strategy of such a model: the rows of the months that were asked are others. -#}
{% macro get_incremental_archived_months_sql(arguments) -%}
    {%- set target_table = arguments["target_relation"] -%}
    {%- set columns = get_quoted_csv(arguments["dest_columns"] | map(attribute="name")) -%}
    {%- set months = asked_by_model()["months"] -%}
    {%- if months is none %}
    truncate {{ target_table }};
    {%- else %}
    delete from {{ target_table }} where {{ in_months("sale_month", months) }};
    {%- endif %}
    insert into {{ target_table }} ({{ columns }}) select {{ columns }} from {{ arguments["temp_relation"] }};
{%- endmacro %}


{#- Its post-hook, in the transaction that writes the rows. -#}
{% macro note_asked_months() -%}
    {%- set asked = asked_by_model() -%}
    {%- if execute and asked and asked["months"] != [] -%}
        {{ know_of_ledger(this.identifier, asked["version"], asked["months"]) }}
    {%- endif -%}
{%- endmacro %}


{#- Writes down of which entry of the ledger one knows these months, or all of them. -#}
{% macro know_of_ledger(asker, version, months=none) -%}
    {%- set is_asked = "true" if months is none else in_months("sale_month", months) -%}
    delete from analytics._asked_months where asker = '{{ asker }}' and {{ is_asked }};
    insert into analytics._asked_months (asker, sale_month, entry, version)
    select
        '{{ asker }}',
        sale_month,
        entry,
        '{{ version }}'
    from ({{ last_entries() }}) as ledger
    where {{ is_asked }}
{%- endmacro %}


{#- On-run-start on Greenplum. -#}
{% macro create_asked_months() -%}
    {%- if execute and target.name == "greenplum" -%}
        {%- if not adapter.check_schema_exists(target.database, "analytics") %}
        create schema analytics;
        {%- endif %}
        create table if not exists analytics._asked_months (
            asker text not null,
            sale_month date not null,
            entry bigint not null,
            version text not null
        ) {{ distribution("asker", false) }};
        comment on table analytics._asked_months is
            'Of which entry of the ledger a model, or the tests, know each month. Grain, one row for each of them and month.'
    {%- endif -%}
{%- endmacro %}
