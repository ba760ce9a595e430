-- Grain: one row for each source system, currency, region and calendar year of the sales calendar.

{{ config(distributed_by="region") }}

with monthly_sales as (

    select * from {{ ref("monthly_sales") }}

),

years as (

    select
        source_system,
        currency,
        sale_year,
        count(case when is_complete then 1 end)::integer as complete_months
    from {{ ref("sales_calendar") }}
    group by
        source_system,
        currency,
        sale_year

),

regions as (

    select distinct
        source_system,
        currency,
        region
    from monthly_sales

),

totals as (

    select
        source_system,
        currency,
        region,
        extract(year from sale_month)::integer as sale_year,
        sum(gross_revenue) as gross_revenue,
        sum(returned_revenue) as returned_revenue,
        sum(revenue) as revenue,
        sum(quantity) as quantity
    from monthly_sales
    group by
        source_system,
        currency,
        region,
        sale_year

),

filled as (

    select
        source_system,
        currency,
        regions.region,
        years.sale_year,
        years.complete_months,
        coalesce(totals.gross_revenue, 0) as gross_revenue,
        coalesce(totals.returned_revenue, 0) as returned_revenue,
        coalesce(totals.revenue, 0) as revenue,
        coalesce(totals.quantity, 0) as quantity
    from years
    inner join regions using (source_system, currency)
    left join totals using (source_system, currency, region, sale_year)

),

compared as (

    -- A year cut short by the start or the end of the files is compared with none.
    select
        filled.*,
        case
            when complete_months = 12
                then lag(case when complete_months = 12 then revenue end) over one_region
        end as last_year_revenue
    from filled
    window one_region as (partition by source_system, currency, region order by sale_year)

),

final as (

    select
        compared.*,
        {{ growth("revenue", "last_year_revenue") }} as year_on_year_growth,
        round(revenue / nullif(sum(revenue) over (partition by source_system, currency, sale_year), 0), 4)
            as share_of_year
    from compared

)

select * from final
