-- Each period of a product, customer or store has a key of its own. Fails with each key that is missing or there twice.

-- Not as a generic test at the snapshots: where one of these has changed, dbt's partial parsing forgets the snapshots.
{{ config(tags=["history"], meta={"speaks_of": "customers_history"}) }}

{% for dimension in var("dimensions") %}
select
    '{{ dimension }}' as dimension,
    dbt_scd_id,
    count(*) as found
from {{ ref(dimension ~ "s_history") }}
group by dbt_scd_id
having
    count(*) > 1
    or dbt_scd_id is null
{{ "union all" if not loop.last }}
{% endfor %}
