{#- Post-hook of historical_sales, in the transaction that adds, whoever runs it and whatever was handed over before: of every
    landed source system and month the archive must now hold what landing_months says, and no sale twice. Else nothing
    is added. -#}
{% macro refuse_if_not_as_landed() -%}
    {{ refuse_if_twice(["sale_month", "sale_key"]) }}
    {%- do refuse_what_is_found(
        "select distinct source_system || ' ' || to_char(sale_month, 'YYYY-MM') || ': landing_sales has sales, and "
        ~ "landing_months does not hand the month over' as message from entering_" ~ this.identifier
        ~ " where (source_system, sale_month) not in (select source_system, sale_month from " ~ ref("landed_months") ~ ") limit 10"
    ) -%}
    {%- set query -%}
        with landed as (

            select
                source_system,
                sale_month,
                sum(sale_lines) as sale_lines,
                sum(quantity) as quantity,
                sum(amount) as amount,
                max(content_hash) as content_hash
            from {{ ref("landed_months") }}
            group by
                source_system,
                sale_month

        ),

        archived as (

            select
                source_system,
                sale_month,
                count(*) as sale_lines,
                sum(quantity) as quantity,
                sum(amount) as amount,
                {{ hash_of_rows(content_text("sales", content_columns("landing_sales")) or "''") }}::text as content_hash
            from ({{ current_sales(this) }}) as sales
            where
                sale_month in ({{ landed_months() | join(", ") or "null" }})
                and (source_system, sale_month) in (select source_system, sale_month from {{ ref("landed_months") }})
            group by
                source_system,
                sale_month

        )

        select
            landed.source_system || ' ' || to_char(landed.sale_month, 'YYYY-MM') || ': with what has landed the archive would have '
            || coalesce(archived.sale_lines, 0) || ' lines, quantity ' || coalesce(archived.quantity, 0) || ', amount '
            || coalesce(archived.amount, 0) || ', hash ' || coalesce(archived.content_hash, '0') || '; landing_months has '
            || landed.sale_lines || ' lines, quantity ' || landed.quantity || ', amount ' || landed.amount || ', hash '
            || landed.content_hash as message
        from landed
        left join archived using (source_system, sale_month)
        where
            coalesce(archived.sale_lines, 0) <> landed.sale_lines
            or coalesce(archived.quantity, 0) <> landed.quantity
            or coalesce(archived.amount, 0) <> landed.amount
            or coalesce(archived.content_hash, '0') <> landed.content_hash
        order by message
        limit 10
    {%- endset -%}
    {%- do refuse_what_is_found(query) -%}
{%- endmacro %}


{#- Post-hook of an archive table: of the rows that enter, no two may have one key. -#}
{% macro refuse_if_twice(keys) -%}
    {%- set query -%}
        select '{{ this.identifier }}: ' || {{ keys | last }} || ' landed ' || count(*) || ' times' as message
        from entering_{{ this.identifier }}
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
