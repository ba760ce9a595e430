-- Grain: one row for each load of a known source system that is in the raw tables.
-- Counted load by load, so that the account of one load or file costs no more than its own lines.

{% set known = "('" ~ known_source_systems() | join("', '") ~ "')" %}

-- Products and customers may be gathered from sale lines: these come first.
{% set marts = {"sale_lines": "fct_sales", "exchange_rates": "fct_exchange_rates"} %}
{% for dimension in var("dimensions") %}{% do marts.update({dimension ~ "s": "dim_" ~ dimension}) %}{% endfor %}

with loads as (

    select * from {{ source("ingestion", "_loads") }}
    where
        status = 'loaded'
        -- One without staging models has no account.
        and split_part(source_file, '/', 1) in {{ known }}

),

counted as (

    select
        loads.*,
        {%- for entity, mart in marts.items() %}
        (
            select count(*) from {{ ref("stg_" ~ entity) }}
            where _load_id = loads.load_id
        ) as {{ entity }}_staged,
        (
            select count(*) from {{ ref("stg_" ~ entity) }}
            where _load_id = loads.load_id and rejection_reasons is not null
        ) as {{ entity }}_quarantined,
        (
            select count(*) from {{ ref(mart) }}
            where _load_id = loads.load_id
        ) as {{ entity }}_in_star,
        {%- endfor %}
        (
            select count(*) from {{ source("ingestion", "_rejects") }}
            where load_id = loads.load_id
        ) as lines_rejected
    from loads

),

final as (

    select
        load_id,
        stream,
        source_file,
        finished_at as loaded_at,
        lines_read,
        lines_rejected,
        rows_loaded,
    {%- for measure in ("staged", "quarantined", "in_star") %}
    case
        {%- for entity in marts %}
        when {{ entity }}_staged > 0 then {{ entity }}_{{ measure }}
        {%- endfor %}
        else 0
    end as lines_{{ measure }}{{ "," if not loop.last }}
    {%- endfor %}
    from counted

)

select
    *,
    lines_staged - lines_quarantined - lines_in_star as lines_superseded
from final
