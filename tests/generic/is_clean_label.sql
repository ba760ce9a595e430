{#- The column holds its names in the one spelling that staging gives to all labels, so that a join on it finds them.
    Fails with each other spelling. -#}
{% test is_clean_label(model, column_name) %}
select {{ column_name }}
from {{ model }}
where {{ column_name }} <> {{ clean_label(column_name) }}
{% endtest %}
