{#- Replaces dbt's own. A table that is built anew takes the place of the old one, whose views would go with it, and be
    missing until somebody builds them: here they are made anew on the new table. One that does not fit it any more goes
    with a warning. -#}
{% macro postgres__drop_relation(relation) -%}
    {%- set backup = "__dbt_backup" -%}
    {%- set views = views_on(relation, relation.identifier | replace(backup, "")) if relation.identifier.endswith(backup) else [] -%}
    {% call statement("drop_relation", auto_begin=False) -%}
        {{ get_drop_sql(relation) }};
        {%- for name, statements in views %}
        do $keep_views$
        begin
            {{ statements }}
        exception when undefined_column or undefined_table or undefined_function or datatype_mismatch then
            raise warning 'the view {{ name }} does not fit the new table, build it: %', sqlerrm;
        end
        $keep_views$;
        {%- endfor %}
    {%- endcall %}
{%- endmacro %}


{#- The views on a table, each with the statements that make it, those first that others are made of.

    new_name: what the table is to be called in them. -#}
{% macro views_on(relation, new_name) -%}
    {%- set query -%}
        with recursive views as (

            select
                rules.ev_class as view_oid,
                1 as depth
            from pg_depend as uses
            inner join pg_rewrite as rules on uses.objid = rules.oid and uses.classid = 'pg_rewrite'::regclass
            where uses.refobjid = to_regclass('{{ relation }}')
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
            view_oid::regclass::text as view_name,
            format('create view %s as ', view_oid::regclass)
            || replace(pg_get_viewdef(view_oid), '{{ relation.identifier }}', '{{ new_name }}')
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
        group by view_oid
        order by max(depth)
    {%- endset -%}
    {{ return(run_query(query).rows) }}
{%- endmacro %}
