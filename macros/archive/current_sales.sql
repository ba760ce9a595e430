{#- The sales of the archive in their latest version. A join with the few versions that were replaced, each lying on its sale's
    segment, and not a `distinct on`, which would sort and move all sales and keep the planner from leaving months out. -#}
{% macro current_sales(historical_sales) -%}
select sales.*
from {{ historical_sales }} as sales
left join {{ ref("superseded_sales") }} as superseded
    on sales.buyer_key = superseded.buyer_key
    and sales.sale_month = superseded.sale_month
    and sales.sale_key = superseded.sale_key
    and sales.version = superseded.version
where
    not sales.is_withdrawn
    -- None has replaced it. Not `is null`: of an anti-join with an empty table the planner expects next to no row, and
    -- then plans what reads the view as if there were no sales.
    and sales.version > coalesce(superseded.version, 0)
{%- endmacro %}
