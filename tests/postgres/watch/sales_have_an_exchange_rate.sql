-- Of each sale in another currency the rate into the reporting currency is known. Warns of each currency that has some
-- without: they are in all sums of their own currency, and in none of the reporting currency until a rate comes
-- (seeds/exchange_rates.csv, or a source's list). Where all sales are in one currency and no rate is known, there is
-- nothing to add up.

{{ config(meta={"speaks_of": "fct_sales"}) }}

with without_rate as (

    select * from {{ ref("fct_sales") }}
    where
        currency <> '{{ reporting_currency() }}'
        and reporting_rate is null

)

select
    currency,
    count(*) as sale_lines,
    count(distinct sale_date) as days,
    min(sale_date) as first_day,
    max(sale_date) as last_day,
    sum(amount) as amount,
    currency || ': ' || count(*) || case when count(*) = 1 then ' line of ' else ' lines of ' end
    || min(sale_date) || case when max(sale_date) > min(sale_date) then ' to ' || max(sale_date) else '' end
    || ', ' || sum(amount) || ' in all, have no rate into {{ reporting_currency() }}' as message
from without_rate
group by currency
having
    exists (
        select from {{ ref("fct_sales") }} as sales
        where sales.currency <> without_rate.currency
    )
    or exists (
        select from {{ ref("fct_sales") }} as sales
        where sales.reporting_rate is not null
    )
