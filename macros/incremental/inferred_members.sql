{#- The members of a dimension that only sales name, as source_system and business id: a sale is not lost, nor is whose
    it was, because the row of its product or customer comes later or never. `told` is the query of those that have a
    row of their own.

    With `incremental`: those of sale lines that fct_sales has not taken yet, and those of this dimension whose own row
    is no longer there. One that no sale turns out to need goes again (drop_needless_members). -#}
{% macro inferred_members(business_id, told, incremental) -%}
    {%- set fact = this.incorporate(path={"identifier": "fct_sales"}) if execute -%}
    select distinct source_system, {{ business_id }}
    from (
        {%- for system in known_source_systems() %}
        select source_system, {{ business_id }} from {{ ref("stg_" ~ system ~ "__sale_lines") }}
        where
            rejection_reasons is null
            and {{ business_id }} is not null
            {%- if incremental %}
            and _load_id > {{ watermark(fact, system) }}
            {%- endif %}
        {%- if not loop.last or incremental %}
        union all
        {%- endif %}
        {%- endfor %}
        {%- if incremental %}
        select source_system, {{ business_id }} from {{ this }} where _load_id = {{ ended_loads() }}
        {%- endif %}
    ) as named
    where
        not exists (
            select from {{ told }}
            where
                {{ told }}.source_system = named.source_system
                and {{ told }}.{{ business_id }} = named.{{ business_id }}
        )
        {%- if incremental %}
        and not exists (
            select from {{ this }} as member
            where
                member.source_system = named.source_system
                and member.{{ business_id }} = named.{{ business_id }}
                and not member.is_inferred
                and not member._load_id = {{ ended_loads() }}
        )
        {%- endif %}
{%- endmacro %}


{#- Post-hook of fct_sales: inferred members that no sale refers to any more. -#}
{% macro drop_needless_members(dimension, key) -%}
    delete from {{ dimension }}
    where
        is_inferred
        and not exists (select from {{ this }} where {{ this }}.{{ key }} = {{ dimension }}.{{ key }})
{%- endmacro %}
