-- The archive holds of every month what its ledger says. Fails with each month that differs.

with archived as (

    select
        sale_month,
        count(*) as sale_lines,
        sum(quantity) as quantity,
        sum(amount) as amount
    from {{ ref("current_sales") }}
    group by sale_month

),

ledger as (

    select distinct on (sale_month)
        sale_month,
        sale_lines,
        quantity,
        amount
    from {{ ref("archive_ledger") }}
    order by sale_month asc, archived_at desc

)

select
    sale_month,
    archived.sale_lines as archived_sale_lines,
    ledger.sale_lines as ledger_sale_lines,
    archived.amount as archived_amount,
    ledger.amount as ledger_amount
from archived
full outer join ledger using (sale_month)
where
    archived.sale_lines is distinct from ledger.sale_lines
    or archived.quantity is distinct from ledger.quantity
    or archived.amount is distinct from ledger.amount
