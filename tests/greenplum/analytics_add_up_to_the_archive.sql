-- Revenue is the same in the archive and in every table that splits it up: none lost in a join, none counted twice.
-- Fails with each source system, currency and table that differs.

{{ config(meta={"speaks_of": "category_months"}) }}

{% set tables = (
    "customer_months", "store_months", "category_months", "category_quarters", "region_years", "demographic_years",
) %}
with totals as (

    select
        'current_sales' as table_name,
        source_system,
        currency,
        sum(case when line_type <> 'adjustment' then amount else 0 end) as revenue
    from {{ ref("current_sales") }}
    group by
        source_system,
        currency
    {%- for table in tables %}
    union all
    select
        '{{ table }}' as table_name,
        source_system,
        currency,
        sum(revenue) as revenue
    from {{ ref(table) }}
    group by
        source_system,
        currency
    {%- endfor %}

),

compared as (

    select
        totals.*,
        max(case when table_name = 'current_sales' then revenue end)
            over (partition by source_system, currency) as archived_revenue,
        count(*) over (partition by source_system, currency) as tables
    from totals

)

select * from compared
where
    revenue is distinct from archived_revenue
    or tables <> {{ tables | length + 1 }}
