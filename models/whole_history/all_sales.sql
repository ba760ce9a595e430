-- Grain: one row for each sale line: those of ClickHouse, and from the archive those of months that have left it.
-- Made anew at every hand-over. At the first there is no archive, and nothing can have left.

{%- set columns = content_columns("landing_sales").keys() | join(",\n    ") or "sale_key" %}
{%- set archive = ref("current_sales") %}
{%- set hot_months = ref("hot_months") %}

select
    {{ columns }}
from {{ ref("hot_sales") }}
{%- if execute and run_query("exists table " ~ archive).rows[0][0] %}
union all
select
    {{ columns }}
from {{ archive }}
where toDate(sale_month) not in (select hot_months.sale_month from {{ hot_months }} as hot_months)
{%- endif %}
