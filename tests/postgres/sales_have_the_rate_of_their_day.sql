-- Each sale in another currency has the rate of its day into the reporting currency. Fails with each source system,
-- currency and day for which that is not so.

{{ config(meta={"speaks_of": "fct_sales"}) }}

with sales as (

    select distinct
        source_system,
        currency,
        sale_date,
        reporting_rate
    from {{ ref("fct_sales") }}
    where currency <> '{{ reporting_currency() }}'

),

rates as (

    select * from {{ ref("reporting_rates") }}

)

select
    sales.source_system,
    sales.currency,
    sales.sale_date,
    sales.reporting_rate as found_rate,
    rates.rate as expected_rate
from sales
left join rates on sales.currency = rates.currency and sales.sale_date = rates.rate_day
where sales.reporting_rate is distinct from rates.rate
