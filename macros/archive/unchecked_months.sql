{#- Tests of the archive look, in a build, at the months that have a further entry in the ledger since a build whose tests all
    passed, so that they cost as much as what came; what is older they have seen. Whoever asks for a test by itself is shown
    all of it. -#}
{% macro is_unchecked_month() -%}
    {#- The linter knows no run. -#}
    {%- if execute and flags.WHICH == "build" and "model.warehouse.historical_sales" in selected_resources -%}
        sale_month in ({{ as_dates(months_to_ask("tests", "")) | join(", ") or "null" }})
    {%- else -%}
        {%- do ref("archive_ledger") -%}
        true
    {%- endif -%}
{%- endmacro %}


{#- On-run-end on Greenplum: the tests have seen all that there was. -#}
{% macro note_checked_months(results) -%}
    {%- if not execute -%}
        {%- do ref("archive_ledger") -%}
    {%- endif -%}
    {%- if execute and flags.WHICH == "build" and target.name == "greenplum" -%}
        {%- set passed = results | selectattr("status", "equalto", "pass") | map(attribute="node.unique_id") | list -%}
        {%- set unseen = [] -%}
        {%- for test in graph.nodes.values() if test.resource_type == "test" and test.unique_id not in passed -%}
            {%- if "is_unchecked_month()" in test.raw_code -%}
                {%- do unseen.append(test.unique_id) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not unseen %}
        delete from analytics._asked_months where asker = 'tests';
        insert into analytics._asked_months (asker, sale_month, entry, version)
        select
            'tests',
            sale_month,
            entry,
            ''
        from ({{ last_entries() }}) as ledger
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
