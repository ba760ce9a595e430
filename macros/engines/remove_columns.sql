{#- Replaces dbt's own, for the tables of analytics: a column that a new state of the project no longer has takes the views on
    its table along, which that state has others of. dbt is told, as it would look for them. -#}
{% macro greenplum__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
    {%- if remove_columns -%}
        {%- for schema, name in run_query(views_that_read(relation)).rows -%}
            {%- do adapter.drop_relation(api.Relation.create(relation.database, schema, name, type="view")) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
{%- endmacro %}


{% macro views_that_read(relation) -%}
    select distinct
        nspname::text as view_schema,
        relname::text as view_name
    from pg_catalog.pg_depend as uses
    inner join pg_catalog.pg_rewrite as rules on uses.objid = rules.oid and uses.classid = 'pg_rewrite'::regclass
    inner join pg_catalog.pg_class as views on rules.ev_class = views.oid
    inner join pg_catalog.pg_namespace as schemas on views.relnamespace = schemas.oid
    where
        uses.refobjid = '{{ relation }}'::regclass
        and views.relkind = 'v'
{%- endmacro %}
