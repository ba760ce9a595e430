-- Grain: one row for each source system, currency, month, category and region with sale lines. The questions about
-- products and regions ask this table: the archive is read once.

{{ config(distributed_by="sale_month") }}

with sales as (

    select * from {{ ref("current_sales") }}

),

products as (

    select * from {{ ref("current_products") }}

),

customers as (

    select * from {{ ref("current_customers") }}

),

stores as (

    select * from {{ ref("current_stores") }}

),

placed as (

    select
        sales.source_system,
        sales.currency,
        sales.sale_month,
        products.category,
        {{ region("sales", "customers", "stores") }} as region,
        sales.sale_date,
        sales.line_type,
        sales.quantity,
        sales.amount,
        {{ gross_amount("sales") }} as gross_amount,
        sales.discount,
        sales.tax,
        sales.cost,
        {{ margin("sales") }} as margin,
        {{ amount_reporting("sales") }} as amount_reporting
    from sales
    inner join products on sales.product_key = products.product_key
    inner join customers on sales.customer_key = customers.customer_key
    left join stores on sales.source_system = stores.source_system and sales.store_id = stores.store_id

),

final as (

    select
        source_system,
        currency,
        sale_month,
        category,
        region,
        {{ sold_and_returned() }},
        {{ discounts_and_margins() }},
        coalesce(sum(amount) filter (where line_type = 'adjustment'), 0) as adjustments,
        sum(amount_reporting) filter (where line_type <> 'adjustment') as revenue_reporting,
        count(*) filter (where line_type <> 'adjustment' and amount_reporting is null) as lines_without_rate,
        min(sale_date) as first_sale_date,
        max(sale_date) as last_sale_date
    from placed
    -- In this order, as it is that of the sort: the number first, and the texts where it is equal.
    group by
        sale_month,
        category,
        region,
        currency,
        source_system

)

select * from final
