-- Every column that tells something of a person is marked in its YAML. Fails with each whose name suggests that it
-- does, and of which nothing is said.

-- After the models: {{ ref("customer_cohorts") }}

{{ unmarked_personal_columns(["landing", "archive", "history", "analytics", "bi"]) }}
