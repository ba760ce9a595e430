-- Every column that tells something of a person is marked in its YAML. Fails with each whose name suggests that it
-- does, and of which nothing is said.

-- After the models, and after dbt has put each view in the place of the one before, which has another name meanwhile:
-- {{ ref("customer_cohorts") }}
-- {{ ref("customer_demographics") }}
-- {{ ref("customer_retention") }}
-- {{ ref("customer_seasons") }}
-- {{ ref("forecast_accuracy") }}
-- {{ ref("growth_by_quarter") }}
-- {{ ref("revenue_forecast") }}
-- {{ ref("revenue_without_season") }}
-- {{ ref("sales_by_month") }}
-- {{ ref("sales_by_region") }}
-- {{ ref("seasons_by_category") }}

{{ config(meta={"speaks_of": "customer_demographics"}) }}

{{ unmarked_personal_columns(schemas_on("greenplum")) }}
