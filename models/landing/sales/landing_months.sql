-- Grain: one row for each month that is handed over to the archive: those that are over and of which the archive has
-- nothing, or something else. The variable archive_month holds back other new months, but no correction: a sale that
-- moved between two months would be in both. The variable withdraw_month names one that is gone for good.

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

hot_months as (

    select * from {{ ref("hot_months") }}

),

archived_months as (

    select
        toDate(sale_month) as sale_month,
        content_hash,
        archived_at
    from {{ source("landing", "archived_months") }}

),

known_months as (

    select
        archived.sale_month as sale_month,
        archived.content_hash as content_hash
    from archived_months as archived
    inner join hot_months on archived.sale_month = hot_months.sale_month
    {%- if var("hot_months", none) %}
    -- Of one that changed since, the archive is to say that it is as it was: only then may it leave ClickHouse.
    where archived.archived_at > hot_months.changed_at
    {%- endif %}

),

months as (

    select
        toStartOfMonth(sale_date) as sale_month,
        count() as sale_lines,
        sum(hot_sales.quantity) as quantity,
        sum(hot_sales.amount) as amount,
        toString({{ sales_content_hash("hot_sales") }}) as content_hash,
        now64(6, 'UTC') as landed_at
    from hot_sales
    where {{ is_closed_month("sale_date") }}
    group by sale_month

),

final as (

    select months.*
    from months
    left anti join known_months
        on months.sale_month = known_months.sale_month
        and months.content_hash = known_months.content_hash
    {%- if var("archive_month", none) %}
    where
        months.sale_month = toDate('{{ var("archive_month") }}-01')
        or months.sale_month in (select archived.sale_month from archived_months as archived)
    {%- endif %}
    {%- if var("withdraw_month", none) %}
    union all
    select
        toDate('{{ var("withdraw_month") }}-01') as sale_month,
        0 as sale_lines,
        0 as quantity,
        0 as amount,
        '0' as content_hash,
        now64(6, 'UTC') as landed_at
    {%- endif %}

)

select * from final
