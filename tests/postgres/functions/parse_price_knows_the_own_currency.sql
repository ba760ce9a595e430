-- A price may bear the sign of its source system's own currency, once; another currency's sign is told apart from what
-- cannot be read. Fails with each price that is not read so. The shop's currency is read from the seed: where it is not
-- EUR, nothing is said.

{% set currency = source_currency("shop") %}
with written (price_text, price, is_of_another_currency) as (

    values
    ('12.50', 12.5, false),
    ('€12.50', 12.5, false),
    ('€ 1.234,5', 1234.5, false),
    ('12,50 €', 12.5, false),
    ('12,50€', 12.5, false),
    (U&'12,50\00a0\20ac', 12.5, false),
    ('-€12.50', -12.5, false),
    ('€-12.50', -12.5, false),
    ('EUR 12.50', 12.5, false),
    ('12.50 EUR', 12.5, false),
    ('12.50 eur', 12.5, false),
    ('€0,125', 0.125, false),
    ('(€12.50)', -12.5, false),
    ('€(12.50)', -12.5, false),
    ('(12,50 €)', -12.5, false),
    ('12.50- EUR', -12.5, false),
    ('12.50 EUR-', -12.5, false),
    ('+€.99', 0.99, false),
    ('€ 1''234.50', 1234.5, false),
    ('12,-- €', null, false),
    ('-€-5', null, false),
    ('€€5', null, false),
    ('€5€', null, false),
    ('5€0', null, false),
    ('€', null, false),
    ('EUR', null, false),
    ('€12 50', null, false),
    ('$12.50', null, true),
    ('£12.50', null, true),
    ('$€5', null, true),
    ('€$5', null, true),
    ('12.50 USD', null, true),
    ('usd12.50', null, true),
    ('US$ 12.50', null, true),
    ('12,50 руб.', null, true),
    ('12,50 zł', null, true),
    ('99 kr', null, true),
    ('($12.50)', null, true),
    ('12.50- USD', null, true),
    ('USD .99', null, true),
    ('12.50%', null, false),
    ('-¥500', null, true),
    ('₹1,234.50', null, true),
    ('twelve', null, false),
    ('12.50.00', null, false),
    ('#N/A', null, false),
    ('-', null, false),
    ('2x', null, false)

),

-- Of other currencies, each in a shop of its own.
elsewhere (price_text, found) as (

    values
    {%- set prices = {
        "USD 12.50": "USD", "US$ 12.50": "USD", "12,50 руб.": "RUB", "12,50 Kč": "CZK", "Rs. 12.50": "INR",
        "CHF 12.50": "CHF", "R$ 12,50": "BRL", "12,50 kr.": "DKK",
    } %}
    {%- for text, currency in prices.items() %}
    ('{{ text }}', {{ parse_amount("'" ~ text ~ "'::text", "'" ~ currency ~ "'") }}){{ "," if not loop.last }}
    {%- endfor %}

),

read_back as (

    select
        written.*,
        {{ parse_price("price_text", "shop") }} as price_read,
        {{ names_another_currency("price_text", "shop") }} as found_another_currency
    from written
    where {{ currency }} = 'EUR'

)

select
    price_text,
    12.5 as price,
    false as is_of_another_currency,
    found as price_read,
    false as found_another_currency
from elsewhere
where found is distinct from 12.5

union all

select
    price_text,
    price,
    is_of_another_currency,
    price_read,
    found_another_currency
from read_back
where
    price_read is distinct from price
    -- It is asked of what cannot be read.
    or price_read is null and found_another_currency is distinct from is_of_another_currency
