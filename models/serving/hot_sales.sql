-- Grain: one row for each sale line, with its product, customer and store beside it.

{{ config(
    materialized=incremental_table(),
    incremental_strategy="insert_overwrite",
    order_by="(category, product_key, sale_date, order_id)",
    partition_by="toYYYYMM(sale_date)",
    sharding_key="toYYYYMM(sale_date)",
    settings={"default_compression_codec": "'ZSTD(1)'"},
    projections=[
        kept_by_month("versions", aggregates="count(), max(_changed_at), max(_refreshed_at), max(_model_version)"),
        kept_by_month("products", columns="product_key, product_name, category, supplier"),
        kept_by_month("customers", columns="customer_key, _customer_version"),
        kept_by_month("stores", columns="store_key, store_name, store_region"),
    ],
    pre_hook="{{ drop_leftovers() }}",
    post_hook="{{ drop_months_gone() }}",
) }}

{% call(is_stale, model_version) by_month(stale_hot_months, "sale_date") %}
with sales as (

    select * from {{ ref("fct_sales") }}
    where {{ is_stale }}

),

months as (

    select * from {{ ref("hot_months") }}

),

products as (

    select * from {{ ref("dim_product") }}

),

customers as (

    select * from {{ ref("dim_customer") }}

),

stores as (

    select * from {{ ref("dim_store") }}

),

final as (

    select
        sales.sale_key as sale_key,
        sales.product_key as product_key,
        sales.customer_key as customer_key,
        sales.store_key as store_key,
        -- Date32 as PostgreSQL's dates arrive; a partition key wants the narrower type.
        toDate(sales.sale_date) as sale_date,
        toLowCardinality(sales.source_system) as source_system,
        sales.sale_id as sale_id,
        sales.order_id as order_id,
        toLowCardinality(sales.line_type) as line_type,
        sales.sold_at as sold_at,
        {{ serve_attributes("sales") }}
        sales.quantity as quantity,
        sales.unit_price as unit_price,
        sales.amount as amount,
        {{ gross_amount("sales") }} as gross_amount,
        {{ margin("sales") }} as margin,
        sales.reporting_rate as reporting_rate,
        {{ amount_reporting("sales") }} as amount_reporting,
        toLowCardinality(products.product_name) as product_name,
        toLowCardinality(products.category) as category,
        toLowCardinality(products.supplier) as supplier,
        toLowCardinality({{ age_group_on("toDate32(sales.sale_date)", "customers") }}) as age_group,
        toLowCardinality(customers.gender) as gender,
        toLowCardinality(customers.city) as city,
        toLowCardinality(customers.region) as customer_region,
        toLowCardinality(stores.store_name) as store_name,
        toLowCardinality(stores.region) as store_region,
        toLowCardinality(if(stores.region = 'Unknown', customers.region, stores.region)) as region,
        toLowCardinality(sales._source_file) as _source_file,
        sales._source_line as _source_line,
        sales._load_id as _load_id,
        months.changed_at as _changed_at,
        {{ customer_version("customers.") }} as _customer_version,
        now64(3, 'UTC') as _refreshed_at,
        toLowCardinality('{{ model_version }}') as _model_version
    from sales
    inner join months on toStartOfMonth(toDate(sales.sale_date)) = months.sale_month
    inner join products on sales.product_key = products.product_key
    inner join customers on sales.customer_key = customers.customer_key
    inner join stores on sales.store_key = stores.store_key

)

select * from final
{% endcall %}
