{#- Replaces dbt-postgres's own, which fills a table under contract by `insert`: that works with one core, and `create table
    as` with all. What the contract says of the rows comes after them, in the same transaction (add_constraints). -#}
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
    from ({{ sql }}) as contracted
    {%- else %}
    ({{ sql }})
    {%- endif -%}
{%- endmacro %}


{#- Post-hook: adds what the model's contract promises and the table lacks. A new table lacks all of it, its primary key
    among them: one look at the rows, one sort and one join take the place of a lookup for every row. Where a table that
    it refers to was built anew, a foreign key is gone. The `expression` of a foreign key, which dbt leaves out, says what
    becomes of a row when the one that it refers to goes. -#}
{% macro add_constraints() -%}
    {%- set keys = model["constraints"] | selectattr("type", "in", ["primary_key", "foreign_key"]) | list -%}
    {%- set are_there -%}
        select
            {%- for key in keys %}
            coalesce(bool_or(
                contype = '{{ key.type[0] }}'
                {{ "and confrelid = '" ~ key.to ~ "'::regclass" if key.to }}
            ), false) as key_{{ loop.index }}{{ "," if not loop.last }}
            {%- endfor %}
        from pg_constraint
        where conrelid = '{{ this }}'::regclass
    {%- endset -%}
    {%- set is_there = run_query(are_there).rows[0] if execute and keys else [] -%}
    {%- set actions = [] -%}
    {%- for key in keys -%}
        {%- if execute and not is_there[loop.index0] -%}
            {%- if key.type == "primary_key" -%}
                {%- do actions.extend(promises_of_rows()) -%}
            {%- endif -%}
            {%- do actions.append(
                "add " ~ adapter.render_raw_model_constraints(raw_constraints=[key])[0]
                ~ (" " ~ key.expression if key.to and key.expression else "")
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if actions %}
    alter table {{ this }}
        {{ actions | join(",\n        ") }}
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
