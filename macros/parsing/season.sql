{#- The meteorological season of a day, of the northern hemisphere: Winter is December to February. -#}
{% macro season(day) -%}
    case extract(quarter from {{ day }} + interval '1 month')
        when 1 then 'Winter'
        when 2 then 'Spring'
        when 3 then 'Summer'
        else 'Autumn'
    end
{%- endmacro %}
