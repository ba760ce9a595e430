{#- The rows of a staging model that may not enter the star, each with all its reasons and the row as it came. -#}
{% macro quarantine(staging_model) -%}
select
    source_system,
    rejection_reasons,
    raw_row,
    _source_file,
    _source_line,
    _load_id,
    _loaded_at
from {{ ref(staging_model) }}
where rejection_reasons is not null
{%- endmacro %}
