-- Grain: one row for each sale line: those of ClickHouse, and from the archive those of months that have left it.
-- Made anew at every hand-over. At the first there is no archive, and nothing can have left. What is a new column of a
-- sale the archive gets after it.

{%- set columns = content_columns("landing_sales").keys() or ["sale_key"] %}
{%- set archive = ref("current_sales") %}
{%- set hot_months = ref("hot_months") %}
{#- Not from system.columns, which leaves out what lies on another server. #}
{%- set is_there = execute and run_query("exists table " ~ archive).rows[0][0] %}
{%- set archived = run_query("describe table " ~ archive).columns["name"].values() if is_there else [] %}
{%- set from_archive = [] %}
{%- for column in columns %}
{%- do from_archive.append(column if column in archived else "null as " ~ column) %}
{%- endfor %}

select
    {{ columns | join(",\n    ") }}
from {{ ref("hot_sales") }}
{%- if archived %}
union all
select
    {{ from_archive | join(",\n    ") }}
from {{ archive }}
where toDate(sale_month) not in (select hot_months.sale_month from {{ hot_months }} as hot_months)
{%- endif %}
