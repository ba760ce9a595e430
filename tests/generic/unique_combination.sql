{#- The columns together name at most one row. Fails with each combination that names several. -#}
{% test unique_combination(model, columns) %}
select
    {{ columns | join(",\n    ") }},
    count(*) as duplicates
from {{ model }}
group by
    {{ columns | join(",\n    ") }}
having count(*) > 1
{% endtest %}
