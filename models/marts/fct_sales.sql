-- Grain: one row for each sale line, in its latest version.

-- Its strategy writes there which months have changed.
-- depends_on: {{ ref("changed_months") }}

{{ config(
    incremental_strategy="sales_by_load",
    unique_key="sale_key",
    indexes=[
        {"columns": ["sale_date"]},
        {"columns": ["product_key"]},
        {"columns": ["customer_key"]},
        {"columns": ["store_key"]},
        {"columns": ["source_system", "_load_id"]},
        {"columns": ["_load_id"]},
    ],
    post_hook="{{ index_other_currencies() }}",
) }}

{% call(incremental) incremental_model(
    reads=staging_models("sale_lines") + dimension_models() + [ref("dim_date")],
) %}
with latest as (

    {{ latest_lines("sale_lines", "sale_id", incremental, also=[sales_of_another_rate, sales_of_another_price]) }}

),

reporting_rates as (

    select * from {{ ref("reporting_rates") }}

),

final as (

    select
        {{ surrogate_key("latest.source_system", "latest.sale_id") }} as sale_key,
        {{ select_member_keys("latest") }}
        latest.sold_at::date as sale_date,
        latest.source_system,
        latest.sale_id,
        latest.order_id,
        latest.line_type,
        latest.sold_at,
        {{ select_attributes("latest") }}
        latest.quantity,
        latest.unit_price,
        (latest.quantity * latest.unit_price - coalesce(latest.discount, 0))::numeric(18, 4) as amount,
        reporting_rates.rate as reporting_rate,
        latest._source_file,
        latest._source_line,
        latest._load_id
    from latest
    left join reporting_rates
        on
        latest.currency <> '{{ reporting_currency() }}'
        and latest.currency = reporting_rates.currency
        and latest.sold_at::date = reporting_rates.rate_day

)

select * from final
{% endcall %}
