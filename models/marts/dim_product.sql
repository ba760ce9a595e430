-- Grain: one row for each product of a source system, and one for the unknown product.

with products as (

    select * from {{ ref("stg_products") }}
    where is_current

),

known as (

    select
        {{ surrogate_key("source_system", "product_id") }} as product_key,
        source_system,
        product_id,
        product_name,
        category,
        supplier,
        list_price
    from products

),

unknown as (

    select
        '{{ var("unknown_key") }}'::uuid as product_key,
        'unknown'::text as source_system,
        'Unknown'::text as product_id,
        'Unknown'::text as product_name,
        'Unknown'::text as category,
        'Unknown'::text as supplier,
        null::numeric(18, 4) as list_price

),

final as (

    select * from known
    union all
    select * from unknown

)

select * from final
