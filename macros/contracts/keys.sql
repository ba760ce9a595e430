{#- Replaces dbt-postgres's own, which makes keys with the table: here they come after the rows (add_keys), where one
    sort and one join take the place of a lookup for every row. -#}
{% macro postgres__get_table_columns_and_constraints() -%}
    {%- set columns = adapter.render_raw_columns_constraints(raw_columns=model["columns"]) -%}
    {%- set checks = model["constraints"] | rejectattr("type", "in", ["primary_key", "foreign_key"]) | list -%}
    (
        {{ (columns + adapter.render_raw_model_constraints(raw_constraints=checks)) | join(",\n        ") }}
    )
{%- endmacro %}


{#- Post-hook: adds the primary and foreign keys of the model's contract that the table lacks. The `expression` of a
    foreign key, which dbt leaves out, says what becomes of a row when the one that it refers to goes. -#}
{% macro add_keys() -%}
    {%- for constraint in model["constraints"] if constraint.type in ("primary_key", "foreign_key") -%}
        {%- set definition = adapter.render_raw_model_constraints(raw_constraints=[constraint])[0] -%}
        {%- set exists -%}
            select count(*)
            from pg_constraint
            where
                conrelid = '{{ this }}'::regclass
                and contype = '{{ constraint.type[0] }}'
                {%- if constraint.to %}
                and confrelid = '{{ constraint.to }}'::regclass
                {%- endif %}
        {%- endset -%}
        {%- if one_value(exists) == 0 %}
        alter table {{ this }} add {{ definition }} {{ constraint.expression if constraint.to }};
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
