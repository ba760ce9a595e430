-- One content under two names counts twice, but in lists, where the later says again what the earlier said. The loader
-- leaves copies out; what was loaded before it did so is found here. Warns of each content that came with the last
-- loads.

{{ config(meta={"speaks_of": "_loads"}) }}

select
    loads.stream,
    earlier.source_file as one_file,
    loads.source_file as another_file,
    loads.source_file || ' has the content of ' || earlier.source_file
    || ', and both count: take one away with its rows' as message
from {{ source("ingestion", "_loads") }} as loads
inner join {{ source("ingestion", "_loads") }} as earlier
    on
    loads.stream = earlier.stream
    and loads.content_sha256 = earlier.content_sha256
    and loads.load_id > earlier.load_id
where
    loads.status = 'loaded'
    and earlier.status = 'loaded'
    and loads.rows_loaded > 0
    and loads.load_id >= {{ first_load_to_check() }}
    and exists (
        select from {{ ref("stg_sale_lines") }}
        where _load_id = loads.load_id
    )
