-- Grain: one row for each source system, currency, category and quarter of the sales calendar.

{{ config(distributed_by="category") }}

with category_months as (

    select * from {{ ref("category_months") }}

),

quarters as (

    select
        source_system,
        currency,
        category,
        quarter_start,
        count(case when is_complete then 1 end) = 3 as is_complete,
        sum(revenue) as revenue,
        sum(quantity) as quantity
    from category_months
    group by
        source_system,
        currency,
        category,
        quarter_start

),

compared as (

    -- A quarter cut short by the start or the end of the files is compared with none.
    select
        quarters.*,
        case when is_complete then lag(case when is_complete then revenue end) over one_category end
            as previous_quarter_revenue,
        case when is_complete then lag(case when is_complete then revenue end, 4) over one_category end
            as last_year_revenue
    from quarters
    window one_category as (partition by source_system, currency, category order by quarter_start)

),

final as (

    select
        compared.*,
        {{ growth("revenue", "previous_quarter_revenue") }} as quarter_on_quarter_growth,
        {{ growth("revenue", "last_year_revenue") }} as year_on_year_growth
    from compared

)

select * from final
