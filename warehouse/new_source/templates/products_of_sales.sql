-- Grain: one row for each product in each load. There is no product list, so the sales files are it.

{% call(incremental) incremental_model() %}
with lines as (

    select
<% if "product_id" in open %>
        -- CHOOSE: as in stg_<< name >>__sale_lines.sql.
<% endif %>
        << product_id >> as product_id,
        << product_name >> as product_name,
        << category >> as category,
        << supplier >> as supplier,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from {{ new_lines(source("<< name >>", "<< table >>"), incremental) }}
    offset 0

),

last_of_load as (

    select distinct on (_load_id, product_id) *
    from lines
    where product_id is not null
    order by _load_id desc, product_id desc, _source_line desc

),

final as (

    select
        '<< name >>'::text as source_system,
        product_id,
        product_name,
        category,
        supplier,
        null::numeric(18, 4) as list_price,
        null::text as rejection_reasons,
        0::smallint as _precedence,
        null::jsonb as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from last_of_load

)

select * from final
{% endcall %}
