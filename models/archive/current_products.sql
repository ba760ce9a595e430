-- Grain: one row for each archived product, in its latest version.

{{ config(materialized="view") }}

with versions as (

    select distinct on (product_key) *
    from {{ ref("historical_products") }}
    order by product_key asc, version desc

)

select * from versions
where not is_withdrawn
