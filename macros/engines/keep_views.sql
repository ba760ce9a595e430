{#- Replaces dbt's own. A table that is built anew takes the place of the old one, whose views would go with it. Those that
    the run does not build itself would be missing until somebody does: here they are made anew on the new table. One that
    does not fit it any more goes with a warning. -#}
{% macro postgres__drop_relation(relation) -%}
    {%- set is_replaced = relation.identifier.endswith("__dbt_backup") -%}
    {%- if is_replaced -%}
        {#- Two tables of one view may be built anew side by side: one after the other drops it and makes it again. -#}
        {%- do run_query("begin; select pg_advisory_xact_lock(hashtext('keep_views'))") -%}
    {%- endif -%}
    {%- set views = views_on(relation) if is_replaced else [] -%}
    {% call statement("drop_relation", auto_begin=False) -%}
        {{ get_drop_sql(relation) }};
        {%- for schema, name, statements in views %}
        do $keep_views$
        begin
            {{ statements }}
        exception when
            undefined_column or undefined_table or undefined_function or datatype_mismatch or invalid_table_definition
        then
            raise warning 'the view {{ schema }}.{{ name }} does not fit the new table, build it: %', sqlerrm;
        end
        $keep_views$;
        {%- endfor %}
        {{- " commit;" if is_replaced }}
    {%- endcall %}
    {#- dbt takes them for dropped. -#}
    {%- for schema, name, statements in views -%}
        {%- do adapter.cache_added(api.Relation.create(database, schema, name, type="view")) -%}
    {%- endfor -%}
{%- endmacro %}


{#- The views on what is to be dropped, each with the statements that make it on what has taken its place; those first that
    others are made of. Where two tables of one view are built anew side by side, it may be there already, and may name
    what the other one was. -#}
{% macro views_on(relation) -%}
    {%- set built = [] -%}
    {%- for node in graph.nodes.values() if node.unique_id in selected_resources -%}
        {%- do built.append(node.schema ~ "." ~ node.alias) -%}
    {%- endfor -%}
    {%- set query -%}
        with recursive views as (

            select
                rules.ev_class as view_oid,
                1 as depth
            from pg_depend as uses
            inner join pg_rewrite as rules on uses.objid = rules.oid and uses.classid = 'pg_rewrite'::regclass
            where
                uses.refobjid = to_regclass('{{ relation }}')
                -- That of a view itself.
                and rules.ev_class <> uses.refobjid
            union
            select
                rules.ev_class as view_oid,
                views.depth + 1 as depth
            from views
            inner join pg_depend as uses on views.view_oid = uses.refobjid and uses.classid = 'pg_rewrite'::regclass
            inner join pg_rewrite as rules on uses.objid = rules.oid
            where rules.ev_class <> views.view_oid

        )

        select
            relnamespace::regnamespace::text as view_schema,
            relname::text as view_name,
            format('create or replace view %s as ', view_oid::regclass)
            || replace(pg_get_viewdef(view_oid), '__dbt_backup', '')
            || coalesce((
                select string_agg(
                    case
                        when objsubid = 0 then format('comment on view %s is %L;', view_oid::regclass, description)
                        else format(
                            'comment on column %s.%I is %L;', view_oid::regclass, (
                                select attname from pg_attribute where attrelid = objoid and attnum = objsubid
                            ), description
                        )
                    end,
                    ' ' order by objsubid
                )
                from pg_description
                where objoid = view_oid and classoid = 'pg_class'::regclass
            ), '') as statements
        from views
        inner join pg_class on views.view_oid = pg_class.oid and pg_class.relkind = 'v'
        where relnamespace::regnamespace || '.' || relname not in ('{{ built | join("', '") }}')
        group by
            view_oid,
            relnamespace,
            relname
        order by max(depth)
    {%- endset -%}
    {{ return(run_query(query).rows) }}
{%- endmacro %}


{#- On Greenplum no table that has views is built anew. -#}
{% macro greenplum__drop_relation(relation) -%}
    {%- do default__drop_relation(relation) -%}
{%- endmacro %}
