-- Gross amount less discount is the amount, and the amount less cost the margin. Fails with each sale
-- for which that is not so.

{{ config(meta={"speaks_of": "sales_as_sold"}) }}

select
    sale_key,
    gross_amount,
    discount,
    amount,
    cost,
    margin
from {{ ref("sales_as_sold") }}
where
    {{ is_unchecked_month() }}
    and (
        gross_amount - coalesce(discount, 0) <> amount
        or margin is distinct from amount - cost
    )
