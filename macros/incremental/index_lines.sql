{#- Post-hook of staging: the ways by which new, ended, latest and rejected lines are found, and those of an order where a
    build numbers them. Of a sale there are few lines, so its id is enough; of a product in a list that comes every day there
    are as many as days. -#}
{% macro index_lines() -%}
    {%- set business_id = model.columns.keys() | select("in", ["sale_id", "product_id", "customer_id"]) | first -%}
    {%- set precedence = ["_precedence"] if "_precedence" in model.columns else [] -%}
    {%- set latest_first = [] if business_id == "sale_id" else precedence + last_by_name() -%}
    {%- if config.get("materialized") == "incremental" and one_value("select count(*) from pg_index where indrelid = '" ~ this ~ "'::regclass") == 0 %}
    create index on {{ this }} (_load_id);
    create index on {{ this }} ({{ ([business_id] + latest_first) | join(", ") }});
    create index on {{ this }} (_load_id) where rejection_reasons is not null;
    {%- if business_id == "sale_id" %}
    {#- Which sales name a product or customer (dimension_members). -#}
    create index on {{ this }} (product_id, _load_id);
    create index on {{ this }} (customer_id, _load_id);
    {%- endif %}
    {%- if "numbered_sale_id" in model.compiled_code %}
    create index on {{ this }} (order_id);
    {%- endif %}
    {%- endif %}
{%- endmacro %}
