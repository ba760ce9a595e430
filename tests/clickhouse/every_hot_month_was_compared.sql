-- Every month of the hot window has been compared with PostgreSQL since it last changed. Fails with each that was not.

{{ config(meta={"speaks_of": "agreement"}) }}

with versions as (

    {{ hot_month_versions() }}

)

select versions.*
from versions
where
    (sale_month, changed_at, refreshed_at) not in (
        select
            sale_month,
            changed_at,
            refreshed_at
        from {{ ref("agreement") }}
    )
