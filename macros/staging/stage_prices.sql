{#- The prices of a source system's product list: the whole of their staging model. A list is replaced by the next one, and
    its lines go from the raw tables, but what they said held on its days: prices of loads that have ended stay
    (get_incremental_prices_sql). Of several lists that came on a day the last one counts. -#}
{% macro stage_prices(source_system) -%}
{{ config(
    incremental_strategy="prices",
    unique_key="product_id, valid_from",
    full_refresh=false,
    indexes=[{"columns": ["product_id", "valid_from"], "unique": true}],
) }}
{%- set day -%} (_loaded_at at time zone {{ source_time_zone(source_system) }})::date {%- endset -%}
with last_of_day as (

    select distinct on (product_id, valid_from)
        product_id,
        {{ day }} as valid_from,
        list_price,
        _load_id
    from {{ ref("stg_" ~ source_system ~ "__products") }}
    where
        rejection_reasons is null
        and list_price is not null
    order by product_id desc, valid_from desc, {{ last_by_name() | join(" desc, ") }} desc

),

compared as (

    select
        last_of_day.*,
        lag(list_price) over (partition by product_id order by valid_from) as price_before
    from last_of_day

)

select
    '{{ source_system }}'::text as source_system,
    product_id,
    valid_from,
    list_price,
    _load_id
from compared
where list_price is distinct from price_before
{%- endmacro %}


{#- A query for the prices of a list by the days on which they held, without gaps: the first one stands for all days before,
    as a list tells when a price came and not since when it held. valid_to is the first day on which it no longer does. -#}
{% macro price_periods(price_list) -%}
    select
        product_id,
        list_price,
        case when lag(valid_from) over of_product is null then '-infinity' else valid_from end as valid_from,
        coalesce(lead(valid_from) over of_product, 'infinity') as valid_to
    from {{ price_list }}
    window of_product as (partition by product_id order by valid_from)
{%- endmacro %}


{#- Whether there are staged lines that took another price than the one that holds on their day by now, or none: a price may
    come after the line that wants it. Counted, and not asked whether one exists: to find one soon the planner would look
    through all prices for each line. -#}
{% macro lines_of_another_price(source_system, streams) -%}
    select sum(other_lines) > 0
    from (
        {%- for stream in streams if stream.price_list %}
        select count(*) as other_lines
        from {{ this }} as lines
        left join ({{ price_periods(stream.price_list) }}) as prices
            on
            lines.product_id = prices.product_id
            and lines.sold_at >= prices.valid_from
            and lines.sold_at < prices.valid_to
        where
            lines.unit_price is distinct from prices.list_price
            and lines.product_id is not null
            and lines.sold_at is not null
            and lines._load_id = any(array(
                select load_id from {{ source("ingestion", "_loads") }}
                where stream = '{{ stream.table }}' and status = 'loaded'
            ))
        {{- "\n        union all" if not loop.last }}
        {%- endfor %}
    ) as counted
{%- endmacro %}
