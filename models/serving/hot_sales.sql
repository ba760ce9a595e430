-- Grain: one row for each sale line, with its product and customer beside it.

{{ config(
    order_by="(sale_date, category, sale_key)",
    partition_by="toYYYYMM(sale_date)",
) }}

with sales as (

    select * from {{ ref("fct_sales") }}

),

products as (

    select * from {{ ref("dim_product") }}

),

customers as (

    select * from {{ ref("dim_customer") }}

),

final as (

    select
        sales.sale_key as sale_key,
        sales.product_key as product_key,
        sales.customer_key as customer_key,
        -- Date32 as PostgreSQL's dates arrive; a partition key wants the narrower type.
        toDate(sales.sale_date) as sale_date,
        toLowCardinality(sales.source_system) as source_system,
        sales.sale_id as sale_id,
        sales.order_id as order_id,
        toLowCardinality(sales.line_type) as line_type,
        sales.sold_at as sold_at,
        toLowCardinality(sales.country) as country,
        toLowCardinality(sales.currency) as currency,
        sales.quantity as quantity,
        sales.unit_price as unit_price,
        sales.amount as amount,
        products.product_name as product_name,
        toLowCardinality(products.category) as category,
        toLowCardinality(products.supplier) as supplier,
        toLowCardinality(customers.age_group) as age_group,
        toLowCardinality(customers.gender) as gender,
        toLowCardinality(customers.city) as city,
        sales._source_file as _source_file,
        sales._source_line as _source_line,
        sales._load_id as _load_id
    from sales
    inner join products on sales.product_key = products.product_key
    inner join customers on sales.customer_key = customers.customer_key

)

select * from final
