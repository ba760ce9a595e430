-- A sale is current once, in whatever month: one that moved to another month was withdrawn in its former one. Fails
-- with each that is there more than once.

{{ config(meta={"speaks_of": "current_sales"}) }}

with unchecked as (

    select sale_key from {{ ref("current_sales") }}
    where {{ is_unchecked_month() }}

)

select
    sale_key,
    count(*) as found
from {{ ref("current_sales") }}
where sale_key in (select sale_key from unchecked)
group by sale_key
having count(*) > 1
