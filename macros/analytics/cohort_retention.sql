{#- How many of the customers who first bought in a period buy again in later ones; period is `month` or `quarter`.
    Each cohort has a row for each period since, also where nobody came back. -#}
{% macro cohort_retention(period) -%}
{%- set period_months = {"month": 1, "quarter": 3}[period] -%}
with purchases as (

    select
        source_system,
        currency,
        customer_key,
        date_trunc('{{ period }}', sale_month::timestamp)::date as sale_{{ period }},
        sum(gross_revenue) as gross_revenue
    from {{ ref("customer_months") }}
    where
        is_known
        and orders > 0
    group by
        customer_key,
        currency,
        source_system,
        sale_{{ period }}

),

customers as (

    select
        purchases.*,
        -- In this order, as it is that of the sort: the number first, and the texts where it is equal.
        min(sale_{{ period }}) over (partition by customer_key, currency, source_system) as cohort_{{ period }}
    from purchases

),

activity as (

    select
        source_system,
        currency,
        cohort_{{ period }},
        sale_{{ period }},
        count(*) as active_customers,
        sum(gross_revenue) as gross_revenue
    from customers
    group by
        source_system,
        currency,
        cohort_{{ period }},
        sale_{{ period }}

),

cohorts as (

    -- All of a cohort's customers are active in its first {{ period }}.
    select
        source_system,
        currency,
        cohort_{{ period }},
        active_customers as cohort_customers
    from activity
    where sale_{{ period }} = cohort_{{ period }}

),

periods as (

    select
        source_system,
        currency,
        date_trunc('{{ period }}', sale_month::timestamp)::date as sale_{{ period }},
        count(case when is_complete then 1 end) = {{ period_months }} as is_complete
    from {{ ref("sales_calendar") }}
    group by
        source_system,
        currency,
        sale_{{ period }}

),

final as (

    select
        source_system,
        currency,
        cohorts.cohort_{{ period }},
        periods.sale_{{ period }},
        {{ months_between("cohorts.cohort_" ~ period, "periods.sale_" ~ period) }} / {{ period_months }}
            as {{ period }}s_since_first,
        periods.is_complete,
        cohorts.cohort_customers,
        coalesce(activity.active_customers, 0) as active_customers,
        round(coalesce(activity.active_customers, 0)::numeric / cohorts.cohort_customers, 4) as retention,
        coalesce(activity.gross_revenue, 0) as gross_revenue
    from cohorts
    inner join periods using (source_system, currency)
    left join activity using (source_system, currency, cohort_{{ period }}, sale_{{ period }})
    where periods.sale_{{ period }} >= cohorts.cohort_{{ period }}

)

select * from final
{%- endmacro %}
