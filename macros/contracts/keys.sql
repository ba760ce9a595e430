{#- Replaces dbt-postgres's own, which fills a table under contract by `insert`: that works with one core, and `create table
    as` with all. What the contract says of the rows is checked in one look at them, before anyone sees the table; keys come
    by add_keys, where one sort and one join take the place of a lookup for every row. -#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set is_enforced = config.get("contract").enforced -%}
    {%- if is_enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
    {%- endif -%}
    create {{ "temporary " if temporary }}table {{ relation }} as
    {%- if is_enforced and not temporary %}
    select
        {%- for column in model["columns"].values() %}
        {{ column.name }}::{{ column.data_type }} as {{ column.name }}{{ "," if not loop.last }}
        {%- endfor %}
    from ({{ sql }}) as contracted;
    alter table {{ relation }}
        {{ promises_of_rows() | join(",\n        ") }};
    {%- else %}
    ({{ sql }});
    {%- endif -%}
{%- endmacro %}


{#- The contract but for its keys, as actions of `alter table`. The `expression` of a not_null is the column's default. -#}
{% macro promises_of_rows() -%}
    {%- set actions = [] -%}
    {%- for column in model["columns"].values() -%}
        {%- for constraint in column.constraints -%}
            {%- do actions.append("alter column " ~ column.name ~ " set " ~ constraint.type | replace("_", " ")) -%}
            {%- if constraint.expression -%}
                {%- do actions.append("alter column " ~ column.name ~ " set " ~ constraint.expression) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for constraint in model["constraints"] if constraint.type == "check" -%}
        {%- do actions.append("add check (" ~ constraint.expression ~ ")") -%}
    {%- endfor -%}
    {{ return(actions) }}
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
