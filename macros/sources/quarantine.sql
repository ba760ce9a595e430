{#- The rows of a staging model that may not enter the star, each with all its reasons and the row as it came. -#}
{% macro quarantine(staging_model) -%}
select
    source_system,
    rejection_reasons,
    {{ explanation() }} as explanation,
    judged_values,
    raw_row,
    _source_file,
    _source_line,
    _load_id,
    _loaded_at
from {{ ref(staging_model) }}
where rejection_reasons is not null
{%- endmacro %}


{#- The reasons in full: with the value that was judged, and where it is unreadable with what would have been read. -#}
{% macro explanation() -%}
    (
        select string_agg(
            concat(
                reason,
                ': ' || nullif(btrim(judged_values ->> split_part(reason, ' ', 1)), ''),
                case reason
                    {%- for name, readable in readable_values().items() %}
                    when '{{ name }} unreadable' then ' (not {{ readable }})'
                    {%- endfor %}
                end
            ),
            '; ' order by place
        )
        from unnest(string_to_array(rejection_reasons, '; ')) with ordinality as reasons (reason, place)
    )
{%- endmacro %}
