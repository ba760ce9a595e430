-- Grain: one row for each source system, currency, store and month with sale lines.

with store_months as (

    select * from {{ ref("store_months") }}

),

stores as (

    select * from {{ ref("current_stores") }}

),

calendar as (

    select * from {{ ref("sales_calendar") }}

),

final as (

    select
        store_months.source_system,
        store_months.currency,
        store_months.sale_month,
        calendar.sale_year,
        stores.store_id,
        stores.store_name,
        stores.city,
        stores.region,
        stores.country,
        stores.opened_on,
        stores.area_m2,
        store_months.gross_revenue,
        store_months.returned_revenue,
        store_months.revenue,
        store_months.gross_amount,
        store_months.discount,
        store_months.tax,
        store_months.cost,
        store_months.margin,
        store_months.quantity,
        store_months.sale_lines,
        round(store_months.revenue / stores.area_m2, 2) as revenue_per_m2,
        calendar.is_complete
    from store_months
    inner join calendar using (source_system, currency, sale_month)
    inner join stores on store_months.store_key = stores.store_key

)

select * from final
