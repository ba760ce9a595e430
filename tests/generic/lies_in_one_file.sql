{#- Lines that are numbered within their file would take each other's place if their order lay in two. Fails with each
    id that does. -#}
{% test lies_in_one_file(model, business_id) %}
select
    lines.{{ business_id }},
    min(lines._source_file) as one_file,
    max(lines._source_file) as another_file
from {{ model }} as recent
inner join {{ model }} as lines on recent.{{ business_id }} = lines.{{ business_id }}
where recent._load_id >= {{ first_load_to_check() }}
group by lines.{{ business_id }}
having min(lines._source_file) <> max(lines._source_file)
{% endtest %}
