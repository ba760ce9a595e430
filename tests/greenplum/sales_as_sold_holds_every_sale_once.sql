-- The join with product and customer of the day neither loses a sale nor counts one twice. Fails with both sides.

{{ config(meta={"speaks_of": "sales_as_sold"}) }}

with sold as (

    select
        count(*) as sale_lines,
        sum(amount) as amount
    from {{ ref("sales_as_sold") }}
    where {{ is_unchecked_month() }}

),

archived as (

    select
        count(*) as sale_lines,
        sum(amount) as amount
    from {{ ref("current_sales") }}
    where {{ is_unchecked_month() }}

)

select
    sold.sale_lines as sold_sale_lines,
    archived.sale_lines as archived_sale_lines,
    sold.amount as sold_amount,
    archived.amount as archived_amount
from sold
cross join archived
where
    sold.sale_lines <> archived.sale_lines
    or sold.amount <> archived.amount
