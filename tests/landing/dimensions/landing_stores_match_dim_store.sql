-- What landed on Greenplum of the stores is all that PostgreSQL holds of them. Fails with both counts and hashes.

{{ config(meta={"speaks_of": "landing_stores"}) }}

{{ content_differences("landing_stores", ref("dim_store")) }}
