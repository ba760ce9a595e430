{#- The prices and costs of a source system's product list: the whole of their staging model. A list is replaced by the next one, and
    its lines go from the raw tables, but what they said held on its days: prices of loads that have ended stay
    (get_incremental_prices_sql). Of several lists that came on a day the last one counts. -#}
{% macro stage_prices(source_system) -%}
{{ config(
    incremental_strategy="prices",
    unique_key="product_id, valid_from",
    full_refresh=false,
    on_schema_change="append_new_columns",
    indexes=[{"columns": ["product_id", "valid_from"], "unique": true}],
) }}
{%- set day -%} (_loaded_at at time zone {{ source_time_zone(source_system) }})::date {%- endset -%}
with last_of_day as (

    select distinct on (product_id, valid_from)
        product_id,
        {{ day }} as valid_from,
        list_price,
        unit_cost,
        _load_id
    from {{ ref("stg_" ~ source_system ~ "__products") }}
    where
        rejection_reasons is null
        and (list_price is not null or unit_cost is not null)
    order by product_id desc, valid_from desc, {{ last_by_name() | join(" desc, ") }} desc

),

compared as (

    select
        last_of_day.*,
        lag(valid_from) over of_product is null as is_first,
        lag(list_price) over of_product as price_before,
        lag(unit_cost) over of_product as cost_before
    from last_of_day
    window of_product as (partition by product_id order by valid_from)

)

select
    '{{ source_system }}'::text as source_system,
    product_id,
    valid_from,
    list_price,
    unit_cost,
    _load_id
from compared
where
    is_first
    or (list_price, unit_cost) is distinct from (price_before, cost_before)
{%- endmacro %}


{#- A query for the prices and costs of a list by the days on which they held, without gaps: the first one stands for all
    days before, as a list tells when a price came and not since when it held, and one that a later list leaves blank holds
    on. valid_to is the first day on which it no longer does. -#}
{% macro price_periods(price_list) -%}
    select
        product_id,
        max(list_price) over (partition by product_id, greatest(prices_so_far, 1)) as list_price,
        max(unit_cost) over (partition by product_id, greatest(costs_so_far, 1)) as unit_cost,
        valid_from,
        valid_to
    from (
        select
            product_id,
            list_price,
            unit_cost,
            count(list_price) over of_product as prices_so_far,
            count(unit_cost) over of_product as costs_so_far,
            case when lag(valid_from) over of_product is null then '-infinity' else valid_from end as valid_from,
            coalesce(lead(valid_from) over of_product, 'infinity') as valid_to
        from {{ price_list }}
        window of_product as (partition by product_id order by valid_from)
    ) as periods
{%- endmacro %}


{#- Whether lines take their price from a list, and their cost: what they have themselves goes before. -#}
{% macro price_is_listed(price_list, parts) -%}
    {{ return(price_list is not none and "unit_price" not in parts) }}
{%- endmacro %}


{% macro cost_is_listed(price_list, parts) -%}
    {%- set told = attributes_among(parts) | map(attribute="name") -%}
    {{ return(price_list is not none and "cost" not in told) }}
{%- endmacro %}


{#- Wants the prices of a list beside the line. Null where the list has no cost: that is no reason to refuse a sale. -#}
{% macro listed_cost(quantity) -%}
    {{ money("(" ~ quantity ~ " * prices.unit_cost)") }}
{%- endmacro %}
