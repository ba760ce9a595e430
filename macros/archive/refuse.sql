{#- Post-hook of historical_sales, in the transaction that adds, whoever runs it and whatever was handed over before: of every
    landed source system and month the archive must now hold what landing_months says, and no sale twice. Else nothing
    is added. -#}
{% macro refuse_if_not_as_landed() -%}
    {{ refuse_if_twice(["sale_month", "sale_key"]) }}
    {%- do refuse_what_is_found(
        "select distinct source_system || ' ' || to_char(sale_month, 'YYYY-MM') || ': landing_sales has sales, and "
        ~ "landing_months does not hand the month over' as message from " ~ entering_of(this)
        ~ " where (source_system, sale_month) not in (select source_system, sale_month from " ~ ref("landed_months") ~ ") limit 10"
    ) -%}
    {%- set query -%}
        with both_sides as (

            select
                'landed' as side,
                source_system,
                sale_month,
                sale_lines,
                quantity,
                amount,
                content_hash::numeric as content_hash
            from {{ ref("landed_months") }}
            union all
            select
                'archived' as side,
                source_system,
                sale_month,
                count(*) as sale_lines,
                sum(quantity) as quantity,
                sum(amount) as amount,
                {{ sum_of_hashes("content_hash") }} as content_hash
            from ({{ current_sales(this) }}) as sales
            where
                sale_month in ({{ landed_months() | join(", ") or "null" }})
                and (source_system, sale_month) in (select source_system, sale_month from {{ ref("landed_months") }})
            group by
                source_system,
                sale_month

        ),

        compared as (

            select
                source_system,
                sale_month
                {%- for measure in ("sale_lines", "quantity", "amount", "content_hash") %},
                coalesce(sum({{ measure }}) filter (where side = 'landed'), 0) as landed_{{ measure }},
                coalesce(sum({{ measure }}) filter (where side = 'archived'), 0) as archived_{{ measure }}
                {%- endfor %}
            from both_sides
            group by
                source_system,
                sale_month

        )

        select
            source_system || ' ' || to_char(sale_month, 'YYYY-MM') || ': with what has landed the archive would have '
            || archived_sale_lines || ' lines, quantity ' || archived_quantity || ', amount ' || archived_amount || ', hash '
            || archived_content_hash || '; landing_months has ' || landed_sale_lines || ' lines, quantity ' || landed_quantity
            || ', amount ' || landed_amount || ', hash ' || landed_content_hash as message
        from compared
        where
            archived_sale_lines <> landed_sale_lines
            or archived_quantity <> landed_quantity
            or archived_amount <> landed_amount
            or archived_content_hash <> landed_content_hash
        order by message
        limit 10
    {%- endset -%}
    {%- do refuse_what_is_found(query) -%}
{%- endmacro %}


{#- Post-hook of an archive table: of the rows that enter, no two may have one key. -#}
{% macro refuse_if_twice(keys) -%}
    {%- set query -%}
        select '{{ this.identifier }}: ' || {{ keys | last }} || ' landed ' || count(*) || ' times' as message
        from {{ entering_of(this) }}
        group by {{ keys | join(", ") }}
        having count(*) > 1
        limit 10
    {%- endset -%}
    {%- do refuse_what_is_found(query) -%}
{%- endmacro %}


{% macro refuse_what_is_found(query) -%}
    {%- if execute -%}
        {%- set found = run_query(query).columns[0].values() -%}
        {%- if found -%}
            {%- do exceptions.raise_compiler_error(
                "nothing is archived, as what landed is not whole: " ~ found | join("; ")
                ~ " ('warehouse archive' hands over anew; 'warehouse repair-archive' puts right an archive that has sales twice)"
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
