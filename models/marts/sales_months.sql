-- Grain: one row for each month that has sales.

{{ config(
    incremental_strategy="upsert",
    unique_key="sale_month",
    post_hook="delete from {{ this }} where sale_lines = 0",
) }}

{% call(incremental) incremental_model(reads=[ref("fct_sales")]) %}
{%- if incremental %}
with changed_months as (

    select
        sale_month,
        changed_at
    from {{ ref("changed_months") }}
    where changed_at > (select max(changed_at) from {{ this }})

)

select
    changed_months.sale_month,
    count(sales.sale_key) as sale_lines,
    coalesce(sum(sales.quantity), 0)::bigint as quantity,
    coalesce(sum(sales.amount), 0)::numeric(18, 4) as amount,
    changed_months.changed_at
from changed_months
left join {{ ref("fct_sales") }} as sales
    on
        sales.sale_date >= changed_months.sale_month
        and sales.sale_date < changed_months.sale_month + interval '1 month'
group by
    changed_months.sale_month,
    changed_months.changed_at
{%- else %}
select
    date_trunc('month', sale_date)::date as sale_month,
    count(*) as sale_lines,
    sum(quantity)::bigint as quantity,
    sum(amount)::numeric(18, 4) as amount,
    now() as changed_at
from {{ ref("fct_sales") }}
group by date_trunc('month', sale_date)
{%- endif %}
{% endcall %}
