-- Grain: one row for each source system, currency and known customer with orders.

{{ config(distributed_by="customer_key", appendoptimized=true) }}

with customer_months as (

    select * from {{ ref("customer_months") }}
    where
        is_known
        and orders > 0

),

seasons as (

    select
        source_system,
        currency,
        customer_key,
        {{ season("sale_month") }}::text as season,
        sum(orders) as orders,
        sum(gross_revenue) as gross_revenue,
        -- December belongs to the winter of the year that follows.
        count(distinct extract(year from sale_month + interval '1 month'))::integer as season_years
    from customer_months
    -- In this order, as it is that of the sort: the number first, and the texts where it is equal.
    group by
        customer_key,
        currency,
        source_system,
        season

),

ranked as (

    select
        seasons.*,
        sum(orders) over one_customer as all_orders,
        sum(gross_revenue) over one_customer as all_gross_revenue,
        row_number() over (
            partition by customer_key, currency, source_system
            order by orders desc, season_years desc, gross_revenue desc, season asc
        ) as place
    from seasons
    window one_customer as (partition by customer_key, currency, source_system)

),

final as (

    select
        source_system,
        currency,
        customer_key,
        season as main_season,
        season_years,
        orders::bigint as main_season_orders,
        all_orders::bigint as orders,
        round(orders / all_orders, 4) as main_season_share,
        gross_revenue as main_season_gross_revenue,
        all_gross_revenue as gross_revenue,
        case
            when orders < {{ var("season_share") }} * all_orders then 'No one season'
            -- Of one year so far: chance, or a customer who has not come back.
            when season_years < 2 then 'Single season'
            when orders < all_orders then 'Mostly ' || season
            else 'Only ' || season
        end as habit
    from ranked
    where place = 1

)

select * from final
