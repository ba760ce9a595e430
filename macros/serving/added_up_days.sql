{#- The days of summary_sales added up to longer periods: `period` is the start of the period of a day, and `as` its
    column's name. -#}
{% macro added_up_days(period, as) -%}
with summary_sales as (

    select * from {{ ref("summary_sales") }}

),

periods as (

    select
        {{ period }} as {{ as }},
        source_system,
        currency,
        category,
        region,
        {{ merged_measures() }}
    from summary_sales
    group by
        {{ as }},
        source_system,
        currency,
        category,
        region

),

final as (

    select
        *,
        {{ average_basket() }} as average_basket
    from periods

)

select * from final
{%- endmacro %}
