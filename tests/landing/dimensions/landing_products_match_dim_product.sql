-- What landed on Greenplum of the products is all that PostgreSQL holds of them. Fails with both counts and hashes.

{{ config(meta={"speaks_of": "landing_products"}) }}

{{ content_differences("landing_products", ref("dim_product")) }}
