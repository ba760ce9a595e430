{#- A price may come after the line that wants it: of a new product, or later on the day. Which products have another price or
    cost, and since which day, waits in `staging._repriced_products` for each model that has read their lines, so that a build
    looks at these lines alone. The price list's strategy writes it; the model that has read it strikes it out, in the
    transaction that changes the model. -#}


{#- Who reads prices, or lines that have some. -#}
{% macro price_readers(source_system) -%}
    {%- set readers = ["stg_" ~ source_system ~ "__sale_lines", "fct_sales"] -%}
    {%- for dimension in var("dimensions") -%}
        {%- do readers.append(dimension ~ "_members") -%}
    {%- endfor -%}
    {{ return(readers) }}
{%- endmacro %}


{#- The products of a source system that wait for this model, and the first day on which they have another price or cost. -#}
{% macro repriced_products(source_system) -%}
    select product_id, changed_from from staging._repriced_products
    where reader = '{{ this.identifier }}' and source_system = '{{ source_system }}'
{%- endmacro %}


{#- Their lines of these days, as `lines`, found by index: from and join of a query, whose condition has to say once more that
    the product is known. -#}
{% macro from_lines_of_repriced(source_system, lines) -%}
    from ({{ repriced_products(source_system) }}) as repriced
    inner join {{ lines }} as lines
        on repriced.product_id = lines.product_id and lines.sold_at >= repriced.changed_from
{%- endmacro %}


{#- Asked first, as most builds find none. Where no build was yet that knows of it, there is no such table. -#}
{% macro are_repriced(source_system) -%}
    {%- set has_list = source_system in known_source_systems("prices") -%}
    {%- set is_noted = has_list and one_value("select to_regclass('staging._repriced_products')") -%}
    {{ return(is_noted and one_value(repriced_products(source_system) ~ " limit 1")) }}
{%- endmacro %}


{#- The lines of a stream in this model that took another price or cost than the one that holds on their day by now, or none.
    A query for their places, and whether they lose their price. -#}
{% macro repriced_lines(source_system, stream) -%}
    {%- set is_priced = price_is_listed(stream.price_list, stream.parts) -%}
    select
        lines._load_id,
        lines._source_line,
        {{ "lines.unit_price is not null and prices.list_price is null" if is_priced else "false" }} as has_lost_price
    {{ from_lines_of_repriced(source_system, this) }}
    left join ({{ price_periods(stream.price_list) }}) as prices
        on
        lines.product_id = prices.product_id
        and lines.sold_at >= prices.valid_from
        and lines.sold_at < prices.valid_to
    where
        (
            {{ "lines.unit_price is distinct from prices.list_price" if is_priced else "false" }}
            or {{ "lines.cost is distinct from " ~ listed_cost("lines.quantity") if cost_is_listed(stream.price_list, stream.parts) else "false" }}
        )
        and lines.product_id is not null
        and lines._load_id = any(array(
            select load_id from {{ source("ingestion", "_loads") }}
            where stream = '{{ stream.table }}' and status = 'loaded'
        ))
{%- endmacro %}


{#- Whether lines of a source system cannot be read anew by themselves, so that all of them are: those that lose their price, as
    sales that are no more are not looked for, and those that are numbered within their order. A query; none without a price
    list. -#}
{% macro all_are_to_be_read_anew(source_system, streams) -%}
    {%- set priced = streams | selectattr("price_list") | list -%}
    {%- if priced and not are_repriced(source_system) %}
    select 1 where false
    {%- elif priced %}
    select 1
    from (
        {%- for stream in priced %}
        select {{ "true" if is_numbered_stream(stream.parts, stream.is_returns) else "has_lost_price" }} as is_reason
        from ({{ repriced_lines(source_system, stream) }}) as lines
        {{- "\n        union all" if not loop.last }}
        {%- endfor %}
    ) as lines
    where is_reason
    limit 1
    {%- endif %}
{%- endmacro %}


{#- The sales of a source system whose line has another price or cost by now than fct_sales has, or one at last. -#}
{% macro sales_of_another_price(source_system) -%}
    {%- if are_repriced(source_system) %}
    select lines.sale_id
    {{ from_lines_of_repriced(source_system, ref("stg_" ~ source_system ~ "__sale_lines")) }}
    left join {{ this }} as sales
        on {{ surrogate_key("lines.source_system", "lines.sale_id") }} = sales.sale_key
    where
        lines.product_id is not null
        and lines.rejection_reasons is null
        and (lines.unit_price, lines.cost) is distinct from (sales.unit_price, sales.cost)
    {%- endif %}
{%- endmacro %}


{#- Post-hook of those who read prices. -#}
{% macro forget_repriced() -%}
    {%- set readers = [] -%}
    {%- for system in known_source_systems("prices") -%}
        {%- do readers.extend(price_readers(system)) -%}
    {%- endfor -%}
    {%- if this.identifier in readers %}
    delete from staging._repriced_products where reader = '{{ this.identifier }}'
    {%- endif -%}
{%- endmacro %}


{#- Writes down, around the statements that change a price list (its caller), of which products another price or cost holds on
    some day. -#}
{% macro noting_repriced(price_list, new_rows, key) -%}
    {%- set system = model.name.removeprefix("stg_").removesuffix("__prices") -%}
    {%- set price = key ~ ", list_price, unit_cost" -%}
    {%- set touched -%}
        (select * from {{ price_list }} where product_id in (select product_id from touched_products)) as prices
    {%- endset -%}
    {%- set step = "product_id, valid_from, list_price, unit_cost" -%}
    create temporary table touched_products on commit drop as
    select product_id from (select {{ price }} from {{ new_rows }} except select {{ price }} from {{ price_list }}) as coming
    union
    select product_id
    from (
        select {{ price }} from {{ price_list }} where not _load_id = {{ ended_loads() }}
        except
        select {{ price }} from {{ new_rows }}
    ) as going;
    create temporary table periods_before on commit drop as
    select {{ step }} from ({{ price_periods(touched) }}) as periods;
    {{ caller() }}
    insert into staging._repriced_products as waiting (reader, source_system, product_id, changed_from)
    select
        reader,
        '{{ system }}',
        product_id,
        min(valid_from)
    from (
        (table periods_before except select {{ step }} from ({{ price_periods(touched) }}) as periods)
        union all
        (select {{ step }} from ({{ price_periods(touched) }}) as periods except table periods_before)
    ) as changed
    cross join unnest(array['{{ price_readers(system) | join("', '") }}']) as reader
    group by
        reader,
        product_id
    on conflict (reader, source_system, product_id)
    do update set changed_from = least(waiting.changed_from, excluded.changed_from);
{%- endmacro %}


{#- On-run-start on PostgreSQL. -#}
{% macro create_repriced_products() -%}
    {%- if execute and target.name == "postgres" %}
        create table if not exists staging._repriced_products (
            reader text not null,
            source_system text not null,
            product_id text not null,
            changed_from date not null,
            primary key (reader, source_system, product_id)
        );
        comment on table staging._repriced_products is
            'Products of price lists with another price or cost since a day, as long as a model has not read it. Grain, '
            'one row for each model, source system and product.';
    {%- endif -%}
{%- endmacro %}
