-- Of each sale id, fct_sales has the acceptable line of the last file by name, and nothing else. Fails with each sale
-- for which that is not so, with the line that should be there and the one that is.

{{ config(meta={"speaks_of": "fct_sales"}) }}

{% set first_load = first_load_to_check() %}
with {% if first_load != 0 %}touched as (

    select
        source_system,
        sale_id
    from {{ ref("stg_sale_lines") }}
    where
        _load_id >= {{ first_load }}
        and rejection_reasons is null
    union
    select
        source_system,
        sale_id
    from {{ ref("fct_sales") }}
    where
        _load_id >= {{ first_load }}
        or _load_id = {{ ended_loads() }}

),

{% endif -%}
numbered as (

    select
        lines.source_system,
        lines.sale_id,
        lines._load_id,
        lines._source_line,
        lines.sold_at,
        lines.quantity * lines.unit_price - coalesce(lines.discount, 0) as amount,
        row_number() over (
            partition by lines.source_system, lines.sale_id
            order by lines.{{ last_by_name() | join(" desc, lines.") }} desc
        ) as age
    from {{ ref("stg_sale_lines") }} as lines
    {% if first_load != 0 %}
    inner join touched using (source_system, sale_id)
    {% endif %}
    where lines.rejection_reasons is null

),

expected as (

    select * from numbered
    where age = 1

),

facts as (

    select fct_sales.*
    from {{ ref("fct_sales") }} as fct_sales
    {% if first_load != 0 %}
    inner join touched
        on {{ surrogate_key("touched.source_system", "touched.sale_id") }} = fct_sales.sale_key
    {% endif %}

)

select
    source_system,
    sale_id,
    expected._load_id as expected_load_id,
    facts._load_id as found_load_id,
    expected._source_line as expected_line,
    facts._source_line as found_line,
    expected.amount as expected_amount,
    facts.amount as found_amount
from expected
full outer join facts using (source_system, sale_id)
where
    (expected._load_id, expected._source_line, expected.sold_at, expected.amount)
    is distinct from (facts._load_id, facts._source_line, facts.sold_at, facts.amount)
