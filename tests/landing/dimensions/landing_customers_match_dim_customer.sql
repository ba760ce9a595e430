-- What landed on Greenplum of the customers is all that PostgreSQL holds of them. Fails with both counts and hashes.

{{ config(meta={"speaks_of": "landing_customers"}) }}

{{ content_differences("landing_customers", ref("dim_customer")) }}
