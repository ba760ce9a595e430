-- Grain: one row for each sale line, in its latest version.

with sale_lines as (

    select * from {{ ref("stg_sale_lines") }}
    where is_current

),

products as (

    select * from {{ ref("dim_product") }}

),

customers as (

    select * from {{ ref("dim_customer") }}

),

source_systems as (

    select * from {{ ref("source_systems") }}

),

final as (

    select
        {{ surrogate_key("sale_lines.source_system", "sale_lines.sale_id") }} as sale_key,
        -- A sale is not lost for want of its product or customer: the unknown member stands in.
        coalesce(products.product_key, '{{ var("unknown_key") }}'::uuid) as product_key,
        coalesce(customers.customer_key, '{{ var("unknown_key") }}'::uuid) as customer_key,
        sale_lines.sold_at::date as sale_date,
        sale_lines.source_system,
        sale_lines.sale_id,
        sale_lines.order_id,
        sale_lines.line_type,
        sale_lines.sold_at,
        sale_lines.country,
        source_systems.currency,
        sale_lines.quantity,
        sale_lines.unit_price,
        (sale_lines.quantity * sale_lines.unit_price)::numeric(18, 4) as amount,
        sale_lines._source_file,
        sale_lines._source_line,
        sale_lines._load_id
    from sale_lines
    left join products
        on sale_lines.source_system = products.source_system
        and sale_lines.product_id = products.product_id
    left join customers
        on sale_lines.source_system = customers.source_system
        and sale_lines.customer_id = customers.customer_id
    left join source_systems
        on sale_lines.source_system = source_systems.source_system

)

select * from final
