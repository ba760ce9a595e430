-- Grain: one row for each sale line of the months that are handed over to the archive: those that are over and of
-- which the archive has nothing, or something else.

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

archived_months as (

    select * from {{ source("landing", "archived_months") }}

),

months as (

    select
        toStartOfMonth(sale_date) as sale_month,
        count() as sale_lines,
        max(_load_id) as last_load_id
    from hot_sales
    where {{ is_closed_month("sale_date") }}
    group by sale_month

),

-- Every load of a file has its own number, so a month whose lines and last load are the archive's is the archive's.
changed_months as (

    select months.sale_month as sale_month
    from months
    left anti join archived_months
        on months.sale_month = toDate(archived_months.sale_month)
        and months.sale_lines = archived_months.sale_lines
        and months.last_load_id = archived_months.last_load_id

),

final as (

    select
        sale_key,
        product_key,
        customer_key,
        sale_date,
        toStartOfMonth(sale_date) as sale_month,
        source_system,
        sale_id,
        order_id,
        line_type,
        sold_at,
        country,
        currency,
        quantity,
        unit_price,
        amount,
        _load_id
    from hot_sales
    where toStartOfMonth(sale_date) in (select sale_month from changed_months)

)

select * from final
