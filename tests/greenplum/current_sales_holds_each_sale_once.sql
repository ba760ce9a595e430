-- A sale is current once, in whatever month: one that moved to another month was withdrawn in its former one. Fails
-- with each that is there more than once.

{{ config(meta={"speaks_of": "current_sales"}) }}

with unchecked as (

    select distinct sale_key from {{ ref("current_sales") }}
    where {{ is_unchecked_month() }}

)

-- Joined: Greenplum would look up what is `in` them row by row.
select
    current_sales.sale_key,
    count(*) as found
from {{ ref("current_sales") }} as current_sales
inner join unchecked on current_sales.sale_key = unchecked.sale_key
group by current_sales.sale_key
having count(*) > 1
