{#- Incremental strategy: rows of ended loads go, those with the key of a new row as well, and the new rows come. -#}
{% macro get_incremental_by_load_sql(arguments) -%}
    {%- set target_table = arguments["target_relation"] -%}
    {%- set columns = get_quoted_csv(arguments["dest_columns"] | map(attribute="name")) -%}
    {%- set key = arguments["unique_key"] -%}
    delete from {{ target_table }} where _load_id = {{ ended_loads() }};
    {%- if key %}
    delete from {{ target_table }} where ({{ key }}) in (select {{ key }} from {{ arguments["temp_relation"] }});
    {%- endif %}
    insert into {{ target_table }} ({{ columns }}) select {{ columns }} from {{ arguments["temp_relation"] }};
{%- endmacro %}


{#- Incremental strategy: rows with a new key come, those with a known one are changed where they differ. A row that
    others refer to stays where it is. -#}
{% macro get_incremental_upsert_sql(arguments) -%}
    {%- set columns = arguments["dest_columns"] | map(attribute="quoted") | list -%}
    insert into {{ arguments["target_relation"] }} as old ({{ columns | join(", ") }})
    select {{ columns | join(", ") }} from {{ arguments["temp_relation"] }}
    on conflict ({{ arguments["unique_key"] }}) do update set
        {%- for column in columns %}
        {{ column }} = excluded.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    where old is distinct from excluded;
{%- endmacro %}


{#- The strategy of a dimension with inferred members: `upsert`, and what has neither a row of its own nor a sale that
    names it goes. A sale that names it still is one that fct_sales changes or drops in the same build; until then its
    foreign key has the unknown member in its place (`on delete set default`, models/marts/_marts.yml). -#}
{% macro get_incremental_dimension_sql(arguments) -%}
    {%- set key = arguments["unique_key"] -%}
    {{ get_incremental_upsert_sql(arguments) }}
    delete from {{ arguments["target_relation"] }} as old
    where
        (old.is_inferred or old._load_id = {{ ended_loads() }})
        and not exists (select from {{ arguments["temp_relation"] }} as new where new.{{ key }} = old.{{ key }});
{%- endmacro %}


{#- The strategy of fct_sales: by load, and the months whose sales come, change or go are written down in changed_months
    for those who keep something for each month. -#}
{% macro get_incremental_sales_by_load_sql(arguments) -%}
    {%- set target_table = arguments["target_relation"] -%}
    {%- set new_rows = arguments["temp_relation"] -%}
    insert into {{ ref("changed_months") }} (sale_month, changed_at)
    select distinct date_trunc('month', sale_date)::date, now()
    from (
        select sale_date from {{ new_rows }}
        union all
        select sale_date from {{ target_table }} where _load_id = {{ ended_loads() }}
        union all
        select sale_date from {{ target_table }} where sale_key in (select sale_key from {{ new_rows }})
    ) as touched
    on conflict (sale_month) do update set changed_at = excluded.changed_at;
    {{ get_incremental_by_load_sql(arguments) }}
{%- endmacro %}


{#- The strategy of a price list: all rows are made anew, but those of loads that have ended, which nothing else tells. -#}
{% macro get_incremental_prices_sql(arguments) -%}
    {%- set target_table = arguments["target_relation"] -%}
    {%- set columns = get_quoted_csv(arguments["dest_columns"] | map(attribute="name")) -%}
    {%- set key = arguments["unique_key"] -%}
    {% call noting_repriced(target_table, arguments["temp_relation"], key) %}
    delete from {{ target_table }}
    where
        not _load_id = {{ ended_loads() }}
        or ({{ key }}) in (select {{ key }} from {{ arguments["temp_relation"] }});
    insert into {{ target_table }} ({{ columns }}) select {{ columns }} from {{ arguments["temp_relation"] }};
    {% endcall %}
{%- endmacro %}


{#- Incremental strategy: all rows are others. The table stays, and so do the views on it, which a table that is made anew
    would take along until they are built again; a reader waits for the new rows, and never misses view or rows. -#}
{% macro get_incremental_all_rows_sql(arguments) -%}
    {%- set target_table = arguments["target_relation"] -%}
    {%- set columns = get_quoted_csv(arguments["dest_columns"] | map(attribute="name")) -%}
    truncate {{ target_table }};
    insert into {{ target_table }} ({{ columns }}) select {{ columns }} from {{ arguments["temp_relation"] }};
{%- endmacro %}
