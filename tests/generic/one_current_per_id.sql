{#- Of the acceptable rows of a business id exactly one is current, and no rejected row is. Fails with each id for
    which that is not so. -#}
{% test one_current_per_id(model, business_id) %}
select
    source_system,
    {{ business_id }},
    count(*) filter (where is_current) as current_rows
from {{ model }}
group by
    source_system,
    {{ business_id }}
having
    count(*) filter (where is_current)
    <> max(case when rejection_reasons is null then 1 else 0 end)
    or bool_or(is_current and rejection_reasons is not null)
{% endtest %}
