-- A currency is told by its code, or by a sign that is its own; the source system's also by one that others share.
-- Fails with each text that is not read so, and with each price of a line whose sign is wrongly taken for another
-- currency's or for the line's. The shop's currency is read from the seed: where it is not EUR, nothing is said.

{% set currency = source_currency("shop") %}
{% set is_of_another = "(" ~ bears_another_sign("price_text", "price_read", "line_currency") ~ ")" %}
with written (currency_text, currency) as (

    values
    ('USD', 'USD'),
    ('usd', 'USD'),
    ('€', 'EUR'),
    ('£', 'GBP'),
    ('E£', 'EGP'),
    ('US$', 'USD'),
    ('A$', 'AUD'),
    ('zł', 'PLN'),
    ('руб.', 'RUB'),
    ('R', 'ZAR'),
    ('R$', 'BRL'),
    ('HRK', 'HRK'),
    ('£12.50', 'GBP'),
    ('12,50 PLN', 'PLN'),
    ('(12.50 USD)', 'USD'),
    ('$', null),
    ('kr', null),
    ('¥', null),
    ('12.50', null),
    ('XXL', null),
    ('EUR/USD', null),
    ('euro', null)

),

priced (price_text, line_currency, price, is_of_another_currency) as (

    values
    ('12.50', 'USD', 12.5, false),
    ('$12.50', 'USD', 12.5, false),
    ('$12.50', 'CAD', 12.5, false),
    ('-US$ 1,234.50', 'USD', -1234.5, false),
    ('12,50 €', 'EUR', 12.5, false),
    ('12.50 PEN', 'PEN', 12.5, false),
    ('1.5E1', 'USD', 15, false),
    ('1''234.50', 'CHF', 1234.5, false),
    ('99 kr', 'SEK', 99, false),
    ('$12.50', 'EUR', 12.5, true),
    ('€12.50', 'USD', 12.5, true),
    ('12.50 EUR', 'USD', 12.5, true),
    ('US$12.50', 'CAD', 12.5, true),
    ('twelve', 'USD', null, false),
    ('12.50%', 'USD', null, false)

),

read_prices as (

    select
        priced.*,
        {{ parse_price("price_text", "shop", in_any_currency=true) }} as price_read
    from priced

)

select
    currency_text as text_read,
    currency as expected,
    {{ parse_currency("currency_text", "shop") }} as found
from written
where
    {{ currency }} = 'EUR'
    and {{ parse_currency("currency_text", "shop") }} is distinct from currency
union all
select
    price_text || ' of a line in ' || line_currency as text_read,
    price || ', ' || is_of_another_currency as expected,
    price_read || ', ' || {{ is_of_another }} as found
from read_prices
where
    {{ currency }} = 'EUR'
    and (
        price_read is distinct from price
        or {{ is_of_another }} is distinct from is_of_another_currency
    )
