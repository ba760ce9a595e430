-- Of every landed month the archive now knows what landed, to the last value. Fails with each month that differs.

with archived as (

    select
        sales.sale_month,
        count(*) as sale_lines,
        sum(sales.quantity) as quantity,
        sum(sales.amount) as amount,
        {{ hash_of_rows(content_text("sales", content_columns("landing_sales")) or "''") }}::text as content_hash
    from {{ ref("current_sales") }} as sales
    where sales.sale_month in ({{ landed_months() | join(", ") or "null" }})
    group by sales.sale_month

),

landed as (

    select * from {{ ref("landing_months") }}
    where sale_lines > 0

)

select
    sale_month,
    archived.sale_lines as archived_sale_lines,
    landed.sale_lines as landed_sale_lines,
    archived.amount as archived_amount,
    landed.amount as landed_amount,
    archived.content_hash as archived_hash,
    landed.content_hash as landed_hash,
    concat(
        to_char(sale_month, 'YYYY-MM'), ': historical_sales has ', archived.sale_lines, ' lines, amount ',
        archived.amount, ', hash ', archived.content_hash, '; landed were ', landed.sale_lines, ' lines, amount ',
        landed.amount, ', hash ', landed.content_hash
    ) as message
from archived
full outer join landed using (sale_month)
where
    archived.sale_lines is distinct from landed.sale_lines
    or archived.quantity is distinct from landed.quantity
    or archived.amount is distinct from landed.amount
    or archived.content_hash is distinct from landed.content_hash
