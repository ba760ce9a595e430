-- Every column that tells something of a person is marked in its YAML. Fails with each whose name suggests that it
-- does, and of which nothing is said.

-- After the models: {{ ref("fct_sales") }}

{{ unmarked_personal_columns(schemas_on("postgres") + ["reporting"]) }}
