{#- The store lines of a source system, typed and judged: the whole of its staging model, made from a mapping. A channel, such
    as the online shop, is a store without a place. A source system without a list of stores has no such model: what its
    sales name are inferred members.

    table: its raw table, which is declared as a source of the source system's name.
    parts: which column, or which SQL expression over raw columns, plays which part: store_id, store_name, city, region,
        country, opened_on, area_m2. A part that a source does not have is left out.
    decimal: see parse_number.
    date_order, short_years, date_numbers: see iso_timestamp_text. -#}
{% macro stage_stores(
    source_system, table, parts, decimal=none, date_order="day_first", short_years=false, date_numbers=none
) -%}
{%- set dates = {"date_order": date_order, "short_years": short_years, "date_numbers": date_numbers} -%}
{%- call(incremental) incremental_model() -%}
with raw_lines as (

    select * from {{ new_lines(source(source_system, table), incremental) }}

),

-- Why offset: see stage_sale_lines.
cleaned as (

    select
        raw_lines.*,
        {{ clean_id(parts.store_id, source_system) }} as clean_store_id,
        {%- for part in ("opened_on", "area_m2") %}
        {{ clean_text(parts[part]) if parts[part] else "null::text" }} as clean_{{ part }}{{ "," if not loop.last }}
        {%- endfor %}
    from raw_lines
    offset '0'

),

parsed as (

    select
        cleaned.*,
        {{ parse_number("clean_area_m2", decimal) }} as area_number,
        {{ iso_timestamp_text("clean_opened_on", **dates) }} as iso_opened_on,
        {{ rejection_reasons(store_rules()) }} as rejection_reasons
    from cleaned
    offset '0'

),

final as (

    select
        '{{ source_system }}'::text as source_system,
        clean_store_id as store_id,
        {{ name_or_unknown(parts.store_name, source_system) }} as store_name,
        {{ label_or_unknown(parts.city, source_system) }} as city,
        {{ name_or_unknown(parts.region, source_system) }} as region,
        {#- NA is Namibia. #}
        {{ name_or_unknown(parts.country, source_system, but=["na"]) }} as country,
        ({{ timestamp_or_null("iso_opened_on", source_system) }})::date as opened_on,
        case when area_number > 0 and area_number < 100000000 then round(area_number, 2)::numeric(10, 2) end as area_m2,
        rejection_reasons,
        {{ judged_values({"store_id": parts.store_id}) }} as judged_values,
        {{ raw_row(source_system, table) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from parsed

)

select * from final
{%- endcall -%}
{%- endmacro %}
