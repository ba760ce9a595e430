{#- In which fifth of the buyers of a source system and currency one is by a measure: 5 is the highest. Unlike with ntile,
    equals are in the same. -#}
{% macro fifth(measure) -%}
    toUInt8(least(
            1 + floor(5 * percent_rank() over (
                partition by source_system, currency, is_buyer order by {{ measure }}
            )), 5
        ))
{%- endmacro %}
