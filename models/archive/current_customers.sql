-- Grain: one row for each archived customer, in its latest version.

{{ config(materialized="view") }}

with versions as (

    select distinct on (customer_key) *
    from {{ ref("historical_customers") }}
    order by customer_key asc, version desc

)

select * from versions
where not is_withdrawn
