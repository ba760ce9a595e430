-- Grain: one row for each month that is handed over to the archive: those that are over and of which the archive has
-- nothing, or something else.

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
        sum(hot_sales.quantity) as quantity,
        sum(hot_sales.amount) as amount,
        toString({{ sales_content_hash("hot_sales") }}) as content_hash
    from hot_sales
    where {{ is_closed_month("sale_date") }}
    group by sale_month

),

final as (

    select months.*
    from months
    left anti join archived_months
        on months.sale_month = toDate(archived_months.sale_month)
        and months.content_hash = archived_months.content_hash

)

select * from final
