-- Each summary holds all of the sales. Fails with each summary and currency that does not add up.

with totals as (

    select
        currency,
        sum(amount) as net_revenue,
        count() as sale_lines
    from {{ ref("hot_sales") }}
    group by currency

),

summaries as (

    {%- for summary in ("summary_sales", "summary_products", "summary_customers") %}
    select
        '{{ summary }}' as summary,
        currency,
        sum(net_revenue) as net_revenue,
        sum(sale_lines) as sale_lines
    from {{ ref(summary) }}
    group by currency
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select
    summaries.summary,
    currency,
    summaries.net_revenue as summary_net_revenue,
    totals.net_revenue as hot_net_revenue,
    summaries.sale_lines as summary_sale_lines,
    totals.sale_lines as hot_sale_lines
from summaries
full outer join totals using (currency)
where
    summaries.net_revenue != totals.net_revenue
    or summaries.sale_lines != totals.sale_lines
