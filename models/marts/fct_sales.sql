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
) }}

{% call(incremental) incremental_model(
    reads=staging_models("sale_lines") + dimension_models() + [ref("dim_date")],
    seeds=[ref("source_systems")],
) %}
with latest as (

    {{ latest_lines("sale_lines", "sale_id", incremental) }}

),

source_systems as (

    select * from {{ ref("source_systems") }}

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
        source_systems.currency,
        latest.quantity,
        latest.unit_price,
        (latest.quantity * latest.unit_price - coalesce(latest.discount, 0))::numeric(18, 4) as amount,
        latest._source_file,
        latest._source_line,
        latest._load_id
    from latest
    left join source_systems on latest.source_system = source_systems.source_system

)

select * from final
{% endcall %}
