-- Grain: one row for each archived store or channel, in its latest version.

{{ config(materialized="view") }}

with versions as (

    select distinct on (store_key) *
    from {{ ref("historical_stores") }}
    order by store_key asc, version desc

)

select * from versions
where not is_withdrawn
