-- A file that was loaded again may hold, of a sale, the version that a file with a later name has corrected. The later
-- name counts, so nothing is taken back; but whoever exported the file again may have meant its lines to count. Warns
-- of each such file, and names the other and a sale.

{{ config(meta={"speaks_of": "fct_sales"}) }}

with loaded_again as (

    -- The loads of the last days alone, also where a table was built anew.
    select
        load_id,
        source_file,
        split_part(source_file, '/', 1) as source_system
    from {{ source("ingestion", "_loads") }} as loads
    where
        status = 'loaded'
        and finished_at > now() - interval '1 day' * {{ var("checked_days") }}
        and exists (
            select from {{ source("ingestion", "_loads") }} as earlier
            where earlier.replaced_by = loads.load_id
        )

),

out_of_date as (

    select
        loaded_again.source_system,
        loaded_again.source_file,
        lines.sale_id,
        current_sales._source_file as later_file,
        lines.quantity || ' at ' || lines.unit_price as content,
        current_sales.quantity || ' at ' || current_sales.unit_price as later_content
    from loaded_again
    inner join {{ ref("stg_sale_lines") }} as lines on loaded_again.load_id = lines._load_id
    inner join {{ ref("fct_sales") }} as current_sales
        on {{ surrogate_key("lines.source_system", "lines.sale_id") }} = current_sales.sale_key
    inner join {{ ref("dim_product") }} as products on current_sales.product_key = products.product_key
    where
        lines.rejection_reasons is null
        and current_sales._source_file <> loaded_again.source_file
        -- It was there already: what comes after this load is a correction of it.
        and current_sales._load_id < loaded_again.load_id
        and (lines.sold_at, lines.product_id, lines.quantity, lines.unit_price)
        is distinct from
        (current_sales.sold_at, products.product_id, current_sales.quantity, current_sales.unit_price)

)

select
    source_system,
    source_file,
    later_file,
    count(*) as sales,
    min(sale_id) as sale_id,
    source_file || ', loaded again, has ' || count(*) || case when count(*) = 1 then ' sale' else ' sales' end
    || ' otherwise than ' || later_file || ', which counts as its name is the later one: such as '
    || (array_agg(sale_id || ', ' || content || ' and not ' || later_content order by sale_id))[1] as message
from out_of_date
group by
    source_system,
    source_file,
    later_file
