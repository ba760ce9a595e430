{#- Numbers the lines of orders whose lines have no number of their own: a query with all columns of the CTE `lines`, and
    numbered_sale_id: `<order>-1`, `<order>-2` and so on as the lines stand in the file.

    An order may lie in several files, where a file ends in the midst of it or exports overlap. What a line of one file
    says again that another has said (product, moment, quantity, price and customer) is the same line; of several equal
    lines in one file each is a line of its own. The others take further numbers. So nothing is lost, and nothing counts
    twice. With `incremental`, what has a number keeps it, also where its file is loaded again. -#}
{% macro number_lines(lines, order_id, incremental) -%}
    {%- set same_line = "order_id, product_id, sold_at, quantity, unit_price, customer_id" -%}
    with in_several_files as (

        select order_id
        from (
            select distinct
                {{ order_id }} as order_id,
                _load_id
            from {{ lines }}
            {%- if incremental %}
            union all
            select distinct
                order_id,
                _load_id
            from {{ this }}
            where
                order_id in (select {{ order_id }} from {{ lines }})
                and {{ is_numbered_line() }}
                and not _load_id = {{ ended_loads() }}
            {%- endif %}
        ) as loads
        group by order_id
        having count(*) > 1

    ),

    said as (

        select
            {{ order_id }} as order_id,
            clean_product_id as product_id,
            sold_at_timestamp as sold_at,
            quantity_integer as quantity,
            unit_price_money as unit_price,
            clean_customer_id as customer_id,
            null::integer as known_number,
            _load_id,
            _source_file,
            _source_line
        from {{ lines }}
        where {{ order_id }} in (select order_id from in_several_files)
        {%- if incremental %}
        union all
        select
            {{ same_line }},
            right(sale_id, -length(order_id) - 1)::integer as known_number,
            _load_id,
            _source_file,
            _source_line
        from {{ this }}
        where
            order_id in (select order_id from in_several_files)
            and {{ is_numbered_line() }}
        {%- endif %}

    ),

    counted as (

        select
            said.*,
            row_number() over (partition by {{ same_line }}, _load_id order by _source_line) as repetition
        from said

    ),

    placed as (

        select
            counted.*,
            min(known_number) over (partition by {{ same_line }}, repetition) as kept_number,
            first_value(_source_file) over first_place as first_file,
            first_value(_source_line) over first_place as first_line
        from counted
        window first_place as (
            partition by {{ same_line }}, repetition
            order by _source_file collate "C", _load_id, _source_line
        )

    ),

    renumbered as (

        select
            _load_id,
            _source_line,
            coalesce(
                kept_number,
                coalesce(max(known_number) over (partition by order_id), 0) + dense_rank() over (
                    partition by order_id, kept_number is null
                    order by first_file collate "C", first_line
                )
            ) as number
        from placed

    )

    select
        {{ lines }}.*,
        {{ lines }}.{{ order_id }} || '-' || coalesce(
            renumbered.number,
            row_number() over (partition by {{ lines }}.{{ order_id }}, _load_id order by _source_line)
        ) as numbered_sale_id
    from {{ lines }}
    left join renumbered using (_load_id, _source_line)
{%- endmacro %}


{#- Not one of a file of returns, which may name the order as well. -#}
{% macro is_numbered_line() -%} starts_with(sale_id, order_id || '-') {%- endmacro %}
