{#- The sales of a source system whose rate into the reporting currency is another one by now, or has come or gone since.
    Which rates they have is told by the index of index_other_currencies, so no sale is looked at for it. -#}
{% macro sales_of_another_rate(source_system) -%}
    select sales.sale_id
        from (
            select held.*
            from (
                select distinct
                    currency,
                    sale_date,
                    reporting_rate
                from {{ this }}
                where
                    source_system = '{{ source_system }}'
                    and currency <> '{{ reporting_currency() }}'
            ) as held
            left join {{ ref("reporting_rates") }} as rates
                on held.currency = rates.currency and held.sale_date = rates.rate_day
            where held.reporting_rate is distinct from rates.rate
            -- These first: of what is distinct from another value, the planner expects nearly all sales.
            offset '0'
        ) as outdated
        inner join {{ this }} as sales
            on outdated.currency = sales.currency
            and outdated.sale_date = sales.sale_date
            and outdated.reporting_rate is not distinct from sales.reporting_rate
        where
            sales.source_system = '{{ source_system }}'
            and sales.currency <> '{{ reporting_currency() }}'
{%- endmacro %}


{#- Post-hook of fct_sales: of a warehouse with one currency the index is empty. -#}
{% macro index_other_currencies() -%}
    {%- if one_value("select count(*) from pg_index where indrelid = '" ~ this ~ "'::regclass and indpred is not null") == 0 %}
    create index on {{ this }} (source_system, currency, sale_date, reporting_rate)
    where currency <> '{{ reporting_currency() }}';
    {%- endif -%}
{%- endmacro %}
