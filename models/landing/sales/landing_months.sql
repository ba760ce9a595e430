-- Grain: one row for each source system and month that is over. Those of which the archive has nothing, or something
-- else, are handed over (is_handed_over); the others only say that they are as they were, so that no earlier hand-over
-- stays in force. The variable archive_month holds back other new months, but no correction: a sale that moved between
-- two months would be in both. The variables withdraw_month and withdraw_source name what is gone from PostgreSQL for
-- good.

with hot_sales as (

    select * from {{ ref("hot_sales") }}

),

hot_months as (

    select * from {{ ref("hot_months") }}

),

archived_months as (

    {{ archived_months() }}

),

known_months as (

    select
        archived.source_system as source_system,
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
        toString(hot_sales.source_system) as source_system,
        toStartOfMonth(sale_date) as sale_month,
        count() as sale_lines,
        sum(hot_sales.quantity) as quantity,
        sum(hot_sales.amount) as amount,
        toString({{ sales_content_hash("hot_sales") }}) as content_hash
    from hot_sales
    where {{ is_closed_month("sale_date") }}
    group by
        source_system,
        sale_month

),

final as (

    select
        months.*,
        (months.source_system, months.sale_month, months.content_hash) not in (
            select (known.source_system, known.sale_month, known.content_hash) from known_months as known
        )
        {%- if var("archive_month", none) %}
        and (
            months.sale_month = toDate('{{ var("archive_month") }}-01')
            or months.sale_month in (select archived.sale_month from archived_months as archived)
        )
        {%- endif %} as is_handed_over
    from months
    {%- if var("withdraw_month", none) or var("withdraw_source", none) %}
    union all
    select
        archived.source_system as source_system,
        archived.sale_month as sale_month,
        0 as sale_lines,
        0 as quantity,
        0 as amount,
        '0' as content_hash,
        true as is_handed_over
    from archived_months as archived
    where
        archived.sale_lines > 0
        and {{ is_withdrawn_month("archived.source_system", "archived.sale_month") }}
        and (archived.source_system, archived.sale_month) not in (
            select (there.source_system, there.sale_month) from months as there
        )
    {%- endif %}

)

select * from final
