{#- The columns together are the model's grain: each is filled, and no two rows have the same. Fails with each
    combination that is not so: one test in place of a not_null for each column and a unique. With `of_recent` it looks at
    recent months of ClickHouse alone. -#}
{% test primary_key(model, columns, of_recent=false) %}
select
    {{ columns | join(",\n    ") }},
    count(*) as found
from {{ model }}
{%- if of_recent %}
where {{ is_recent() }}
{%- endif %}
group by
    {{ columns | join(",\n    ") }}
having
    count(*) > 1
    or {{ columns | join(" is null\n    or ") }} is null
{% endtest %}
