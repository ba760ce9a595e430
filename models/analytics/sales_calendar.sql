-- Grain: one row for each source system, currency and month, from its first sale to its last, also where nothing was
-- sold in between: a month without sales is a zero, not a gap.

{{ config(distributed_by="sale_month") }}

with monthly_sales as (

    select * from {{ ref("monthly_sales") }}

),

spans as (

    select
        source_system,
        currency,
        min(first_sale_date) as first_sale_date,
        max(last_sale_date) as last_sale_date
    from monthly_sales
    group by
        source_system,
        currency

),

months as (

    select
        spans.*,
        generate_series(
            date_trunc('month', first_sale_date::timestamp),
            last_sale_date::timestamp,
            interval '1 month'
        )::date as sale_month
    from spans

),

final as (

    select
        source_system,
        currency,
        sale_month,
        date_trunc('quarter', sale_month::timestamp)::date as quarter_start,
        extract(year from sale_month)::integer as sale_year,
        extract(month from sale_month)::integer as month_of_year,
        {{ season("sale_month") }}::text as season,
        -- December belongs to the winter of the year that follows.
        extract(year from sale_month + interval '1 month')::integer as season_year,
        -- Files that begin or end amid a month make it look like a bad month.
        first_sale_date < sale_month + {{ var("edge_days") }}
        and last_sale_date >= (sale_month + interval '1 month')::date - {{ var("edge_days") }} as is_complete
    from months

)

select * from final
