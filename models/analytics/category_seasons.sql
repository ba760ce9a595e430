-- Grain: one row for each source system, currency, category and season of the year.

{{ config(distributed_by="category") }}

with category_months as (

    select * from {{ ref("category_months") }}
    where is_history

),

indices as (

    select * from {{ ref("seasonal_indices") }}
    where is_latest

),

whole_seasons as (

    select
        source_system,
        currency,
        category,
        season,
        season_year,
        sum(revenue) as revenue,
        sum(quantity) as quantity
    from category_months
    group by
        source_system,
        currency,
        category,
        season,
        season_year
    having count(*) = 3

),

averages as (

    select
        source_system,
        currency,
        category,
        season,
        count(*)::integer as seasons_observed,
        round(avg(revenue), 2) as average_revenue,
        round(avg(quantity), 2) as average_quantity
    from whole_seasons
    group by
        source_system,
        currency,
        category,
        season

),

season_indices as (

    select
        source_system,
        currency,
        category,
        season,
        round(avg(seasonal_index), 4) as seasonal_index
    from indices
    group by
        source_system,
        currency,
        category,
        season

),

final as (

    select
        source_system,
        currency,
        category,
        season,
        averages.seasons_observed,
        averages.average_revenue,
        averages.average_quantity,
        season_indices.seasonal_index
    from averages
    left join season_indices using (source_system, currency, category, season)

)

select * from final
