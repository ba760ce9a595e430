-- The joins of fct_sales neither lose nor multiply a line. Fails with each source system and month that differs.

with staged as (

    select
        source_system,
        date_trunc('month', sold_at) as sale_month,
        count(*) as staged_lines,
        sum(quantity * unit_price) as staged_amount
    from {{ ref("stg_sale_lines") }}
    where is_current
    group by
        source_system,
        date_trunc('month', sold_at)

),

facts as (

    select
        source_system,
        date_trunc('month', sold_at) as sale_month,
        count(*) as fact_lines,
        sum(amount) as fact_amount
    from {{ ref("fct_sales") }}
    group by
        source_system,
        date_trunc('month', sold_at)

)

select *
from staged
full outer join facts using (source_system, sale_month)
where
    staged_lines is distinct from fact_lines
    or staged_amount is distinct from fact_amount
