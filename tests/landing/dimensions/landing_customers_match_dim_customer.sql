-- What landed on Greenplum of the customers is all that PostgreSQL holds of them. Fails with both counts and hashes.

{{ content_differences("landing_customers", ref("dim_customer")) }}
