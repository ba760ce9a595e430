{#- The product lines of a source system, typed and judged: the whole of its staging model, made from a mapping.

    table: its raw table, which is declared as a source of the source system's name.
    parts: which column, or which SQL expression over raw columns, plays which part: product_id, product_name, category,
        supplier, list_price, unit_cost. A part that a source does not have is left out.
    decimal: see parse_number. -#}
{% macro stage_products(source_system, table, parts, decimal=none) -%}
{%- call(incremental) incremental_model() -%}
with raw_lines as (

    select * from {{ new_lines(source(source_system, table), incremental) }}

),

-- Why offset: see stage_sale_lines.
cleaned as (

    select
        raw_lines.*,
        {{ clean_id(parts.product_id, source_system) }} as clean_product_id,
        {{ clean_text(parts.list_price) if parts.list_price else "null::text" }} as clean_list_price,
        {{ clean_text(parts.unit_cost) if parts.unit_cost else "null::text" }} as clean_unit_cost
    from raw_lines
    offset '0'

),

parsed as (

    select
        cleaned.*,
        {{ parse_price("clean_list_price", source_system, decimal) }} as list_price_number,
        {{ parse_price("clean_unit_cost", source_system, decimal) if parts.unit_cost else "null::numeric" }} as unit_cost_number,
        {{ rejection_reasons(product_rules()) }} as rejection_reasons
    from cleaned
    offset '0'

),

final as (

    select
        '{{ source_system }}'::text as source_system,
        clean_product_id as product_id,
        {{ name_or_unknown(parts.product_name, source_system) }} as product_name,
        {{ label_or_unknown(parts.category, source_system) }} as category,
        {{ name_or_unknown(parts.supplier, source_system) }} as supplier,
        case when list_price_number >= 0 then {{ money("list_price_number") }} end as list_price,
        case when unit_cost_number >= 0 then {{ money("unit_cost_number") }} end as unit_cost,
        rejection_reasons,
        0::smallint as _precedence,
        {{ judged_values({"product_id": parts.product_id}) }} as judged_values,
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


{#- The products of a source system that has no list of them: its sales files are it. One row for each product in each
    load, as its last line there has it.

    parts: as of stage_products, without price and cost.
    category: an SQL expression over product_id and product_name, where no column tells it.
    precedence: one over them. Of several lines of a product the highest counts, before the latest. -#}
{% macro stage_products_of_sales(source_system, table, parts, category="category", precedence="0") -%}
{%- call(incremental) incremental_model() -%}
with named as (

    select
        {{ clean_id(parts.product_id, source_system) }} as product_id,
        {{ name_or_unknown(parts.product_name, source_system) }} as product_name,
        {{ label_or_unknown(parts.category, source_system) }} as category,
        {{ name_or_unknown(parts.supplier, source_system) }} as supplier,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from {{ new_lines(source(source_system, table), incremental) }}
    offset '0'

),

judged as (

    select
        named.*,
        ({{ precedence }})::smallint as _precedence
    from named
    where product_id is not null

),

best_of_load as (

    select distinct on (_load_id, product_id) *
    from judged
    order by _load_id desc, product_id desc, _precedence desc, _source_line desc

)

select
    '{{ source_system }}'::text as source_system,
    product_id,
    product_name,
    {{ category }} as category,
    supplier,
    null::numeric(18, 4) as list_price,
    null::numeric(18, 4) as unit_cost,
    null::text as rejection_reasons,
    _precedence,
    null::jsonb as judged_values,
    null::jsonb as raw_row,
    _source_file,
    _source_line,
    _load_id,
    _loaded_at
from best_of_load
{%- endcall -%}
{%- endmacro %}


{#- A name as it was typed; 'Unknown' where there is none. `but`: words of the variable no_value that are names here. -#}
{% macro name_or_unknown(field, source_system, but=[]) -%}
    {%- if field -%}
        coalesce({{ clean_text(field, nothing=words_for_nothing(source_system, but)) }}, 'Unknown')
    {%- else -%}
        'Unknown'::text
    {%- endif -%}
{%- endmacro %}


{#- A name in one spelling; 'Unknown' where there is none. -#}
{% macro label_or_unknown(field, source_system) -%}
    {%- if field -%}
        case
            when {{ clean_text(field, nothing=words_for_nothing(source_system)) }} is null then 'Unknown'
            else {{ clean_label(field) }}
        end
    {%- else -%}
        'Unknown'::text
    {%- endif -%}
{%- endmacro %}
