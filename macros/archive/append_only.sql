{#- A table on Greenplum to which rows are only ever added. The model's query selects the rows that are new; they wait in
    the table `entering_<model>` and enter in one transaction with what the post-hooks write, so a run that is killed has
    added all of it or nothing. Nobody else sees that table, which the same transaction makes and drops.

    The table is made from the columns and types that YAML gives the model, not from a query, so the query may read
    {{ this }} from the first run on. With `meta: {partitioned_by: sale_month}` each month is a partition, made when the
    month comes. There is no default partition: a row of a month that nobody made a partition for is an error. -#}
{% materialization append_only, adapter="greenplum" -%}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set entering = entering_of(target_relation) -%}
    {%- set names = columns_of(model).keys() | join(", ") -%}
    {%- set partitioned_by = config.get("meta", {}).get("partitioned_by") if is_greenplum() -%}
    {%- set months = [] -%}

    {{ run_hooks(pre_hooks) }}

    {%- if load_cached_relation(this) is none -%}
        {%- call statement("create") -%}
            {{ create_append_only_table(target_relation, partitioned_by) }}
        {%- endcall -%}
        {%- if partitioned_by -%}
            {#- Greenplum adds up the statistics of the months only if it has some of each, also of an empty one. -#}
            {%- call statement("analyze_empty") -%}
                analyze {{ target_relation }}
            {%- endcall -%}
        {%- endif -%}
    {%- else -%}
        {%- do add_new_columns(target_relation, columns_of(model)) -%}
    {%- endif -%}

    {#- Two archives at once would both find the same rows missing. -#}
    {%- call statement("lock") -%}
        lock table {{ target_relation }} in share row exclusive mode
    {%- endcall -%}
    {%- call statement("entering") -%}
        {#- Not a temporary one: PostgreSQL reads those with one core. Nor an unlogged one: where only the server's first process
            dies, the others roll back and take one of its two files away. Recovery brings it back, finds the other one in
            its way, and the server starts at the second try alone. -#}
        create table {{ entering }} as
        select {{ names }} from ({{ sql }}) as new_rows
        {{ distribution(config.get("distributed_by"), false) }}
    {%- endcall -%}
    {%- if partitioned_by -%}
        {%- set months = run_query(
            "select distinct to_char(" ~ partitioned_by ~ ", 'YYYY_MM') as month from " ~ entering ~ " order by 1"
        ).columns[0].values() -%}
        {%- do add_months(target_relation, months) -%}
    {%- endif -%}

    {%- call statement("main") -%}
        insert into {{ target_relation }} ({{ names }})
        select {{ names }} from {{ entering }}
    {%- endcall -%}
    {%- do persist_docs(target_relation, model) -%}

    {#- A plan made without statistics can take hours where it should take seconds. Of a partitioned table only the
        partitions that have changed are read, a sample of 25 x 300 rows of each, as the default of four times as many takes
        longer than loading them. Greenplum adds them up for the whole table once: left alone it would do so after each,
        which takes the longer the more months there are. -#}
    {%- if not partitioned_by or months -%}
        {%- call statement("analyze") -%}
            {%- if partitioned_by %}
            set local optimizer_analyze_root_partition = off;
            set local default_statistics_target = 25;
            {%- for month in months %}
            analyze {{ partition_of(target_relation, month) }};
            {%- endfor %}
            analyze rootpartition {{ target_relation }}
            {%- else %}
            analyze {{ target_relation }}
            {%- endif %}
        {%- endcall -%}
    {%- endif -%}

    {{ run_hooks(post_hooks) }}
    {%- call statement("entered") -%}
        drop table {{ entering }}
    {%- endcall -%}
    {%- do adapter.commit() -%}

    {{ return({"relations": [target_relation]}) }}
{%- endmaterialization %}


{#- Where the rows wait that enter a table. -#}
{% macro entering_of(relation) -%}
    {{ return(relation.incorporate(path={"identifier": "entering_" ~ relation.identifier}, type="table")) }}
{%- endmacro %}


{% macro create_append_only_table(relation, partitioned_by) -%}
    create table {{ relation }} (
        {%- for column in columns_of(model).values() %}
        {{ column.name }} {{ column.data_type }}{{ "," if not loop.last }}
        {%- endfor %}
    )
    {{ append_only_storage() }}
    {{ distribution(config.get("distributed_by"), false) }}
    {%- if partitioned_by %}
    partition by range ({{ partitioned_by }}) (
        {#- Greenplum wants one from the start. -#}
        {{ month_partition(run_query("select to_char(now() at time zone 'utc', 'YYYY_MM') as month").columns[0][0]) }}
    )
    {%- endif %}
{%- endmacro %}


{% macro append_only_storage() -%}
    {{ storage_parameters(true, 32768, "column", "zstd", 4) }}
{%- endmacro %}


{#- month: `2026_10`. A partition does not inherit the storage of its table, so each is told. -#}
{% macro month_partition(month) -%}
    partition m{{ month }}
        start (date '{{ month | replace("_", "-") }}-01') inclusive
        end (date '{{ (modules.datetime.datetime.strptime(month ~ "_01", "%Y_%m_%d") + modules.datetime.timedelta(days=31)).strftime("%Y-%m-01") }}') exclusive
        {{ append_only_storage() }}
{%- endmacro %}


{% macro add_months(relation, months) -%}
    {%- set existing = run_query(
        "select partitions.relname::text as name from pg_catalog.pg_inherits join pg_catalog.pg_class as partitions "
        ~ "on inhrelid = partitions.oid where inhparent = '" ~ relation ~ "'::regclass"
    ).columns[0].values() -%}
    {%- for month in months if relation.identifier ~ "_1_prt_m" ~ month not in existing -%}
        {%- call statement("add_partition") -%}
            alter table {{ relation }} add {{ month_partition(month) }}
        {%- endcall -%}
    {%- endfor -%}
{%- endmacro %}


{% macro partition_of(relation, month) -%}
    {{ relation.incorporate(path={"identifier": relation.identifier ~ "_1_prt_m" ~ month}) }}
{%- endmacro %}


{#- Gives the table the columns that are new in the project, null in all rows before. One that the project does not know any
    more is an error: nothing is taken from the archive. -#}
{% macro add_new_columns(relation, columns) -%}
    {%- set found = adapter.get_columns_in_relation(relation) | map(attribute="name") | list -%}
    {%- for column in columns.values() if column.name not in found -%}
        {%- call statement("add_column") -%}
            alter table {{ relation }} add column {{ column.name }} {{ column.data_type }}
        {%- endcall -%}
    {%- endfor -%}
    {%- for column in found if column not in columns -%}
        {%- do exceptions.raise_compiler_error(
            relation ~ " has the column " ~ column ~ ", which the project does not: nothing is taken from the archive"
        ) -%}
    {%- endfor -%}
{%- endmacro %}
