-- Grain: one row for each month of the hot window, as PostgreSQL held it when the run began.

{{ config(order_by="sale_month") }}

with sales_months as (

    select * from {{ ref("sales_months") }}

),

months as (

    select
        toDate(sale_month) as sale_month,
        -- A sale of the year 2031 is a slip of the keyboard: the window ends with what has been.
        max(if(sale_month <= toDate(now('UTC')), sale_month, null)) over () as newest_month,
        toUInt64(sale_lines) as sale_lines,
        quantity,
        amount,
        changed_at
    from sales_months

),

{%- if var("hot_months", none) %}

archived as (

    select
        source_months.sale_month as sale_month,
        sum(source_months.sale_lines) as sale_lines,
        sum(source_months.quantity) as quantity,
        sum(source_months.amount) as amount,
        min(source_months.archived_at) as archived_at
    from ({{ archived_months() }}) as source_months
    group by sale_month

),

-- The archive holds them as PostgreSQL does: only they may leave. One that is corrected later comes back until the
-- archive has the correction.
archived_as_they_are as (

    select months.sale_month as sale_month
    from months
    inner join archived on months.sale_month = archived.sale_month
    where
        months.sale_lines = archived.sale_lines
        and months.quantity = archived.quantity
        and months.amount = archived.amount
        and months.changed_at < archived.archived_at

),

{%- endif %}

final as (

    select * except (newest_month)
    from months
    {%- if var("hot_months", none) %}
    where
        sale_month > addMonths(newest_month, -{{ var("hot_months") | int }})
        or sale_month not in (select archived.sale_month from archived_as_they_are as archived)
    {%- endif %}

)

select * from final
