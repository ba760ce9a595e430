{#- A key that is the same after every rebuild and on every engine: the MD5 of the source system and the business id,
    as uuid. Null where the id is null. -#}
{% macro surrogate_key(source_system, business_id) -%}
    md5({{ source_system }} || '|' || {{ business_id }})::uuid
{%- endmacro %}


{#- The key of the member of a dimension that a row names. One that has no row of its own is an inferred member; where none
    is named, the unknown member stands in. -#}
{% macro member_key(dimension, relation) -%}
    coalesce(
            {{ surrogate_key(relation ~ ".source_system", relation ~ "." ~ dimension ~ "_id") }}, '{{ var("unknown_key") }}'::uuid
        )
{%- endmacro %}


{#- Those of all dimensions, each with a comma behind it. -#}
{% macro select_member_keys(relation) -%}
    {%- for dimension in var("dimensions") -%}
        {{ member_key(dimension, relation) }} as {{ dimension }}_key,{{ "\n        " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
