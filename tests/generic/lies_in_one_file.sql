{#- Where lines have no number, an order that lies in several files may be one whose line was mended in the later file: the
    line then counts in both spellings, since nothing tells it from a further line. Warns of each such order. -#}
{% test lies_in_one_file(model, business_id) %}
{{ config(severity="warn") }}
select
    lines.{{ business_id }},
    min(lines._source_file) as one_file,
    max(lines._source_file) as another_file
from {{ model }} as lines
where
    lines.{{ business_id }} in (
        select recent.{{ business_id }} from {{ model }} as recent
        where recent._load_id >= {{ first_load_to_check() }}
    )
group by lines.{{ business_id }}
having min(lines._source_file) <> max(lines._source_file)
{% endtest %}
