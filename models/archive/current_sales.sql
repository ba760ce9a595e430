-- Grain: one row for each archived sale, in its latest version.

{{ config(materialized="view") }}

with versions as (

    select distinct on (sale_key) *
    from {{ ref("historical_sales") }}
    order by sale_key asc, version desc

)

select * from versions
where not is_withdrawn
