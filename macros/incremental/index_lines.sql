{#- Post-hook of staging: the ways by which new, ended, latest and rejected lines are found, and those of an order where a
    build numbers them. Of a sale there are few lines, so its id is enough; of a product in a list that comes every day there
    are as many as days. -#}
{% macro index_lines() -%}
    {%- set member_ids = [] -%}
    {%- for dimension in var("dimensions") -%}
        {%- do member_ids.append(dimension ~ "_id") -%}
    {%- endfor -%}
    {%- set columns = columns_of(model) -%}
    {%- set business_id = (["sale_id"] + member_ids + ["rate_date"]) | select("in", columns) | first -%}
    {%- set precedence = ["_precedence"] if "_precedence" in columns else [] -%}
    {%- set latest_first = [] if business_id == "sale_id" else precedence + last_by_name() -%}
    {%- if config.get("materialized") == "incremental" and one_value("select count(*) from pg_index where indrelid = '" ~ this ~ "'::regclass") == 0 %}
    create index on {{ this }} ({{ config.get("unique_key") or "_load_id" }});
    create index on {{ this }} ({{ ([business_id] + latest_first) | join(", ") }});
    create index on {{ this }} (_load_id) where rejection_reasons is not null;
    {%- if business_id == "sale_id" %}
    {#- Which sales name a member of a dimension (dimension_members). -#}
    {%- for member_id in member_ids %}
    create index on {{ this }} ({{ member_id }}, _load_id) where {{ member_id }} is not null;
    {%- endfor %}
    {%- endif %}
    {%- if config.get("unique_key") %}
    {#- Of which lines the price has changed (repriced_lines). -#}
    create index on {{ this }} (product_id, sold_at) where product_id is not null;
    {%- endif %}
    {%- if "numbered_sale_id" in model.compiled_code %}
    create index on {{ this }} (order_id);
    {%- endif %}
    {%- endif %}
{%- endmacro %}
