{#- Tests of the archive look, in a build, at the months that have a further entry in the ledger since a build whose tests all
    passed, so that they cost as much as what came; what is older they have seen. Whoever asks for a test by itself is shown
    all of it. -#}
{% macro is_unchecked_month() -%}
    {%- if execute and is_build_of("historical_sales") -%}
        {{ in_months("sale_month", months_to_ask("tests", "")) }}
    {%- else -%}
        {%- do ref("archive_ledger") -%}
        true
    {%- endif -%}
{%- endmacro %}


{#- On-run-end on Greenplum: the tests have seen all that there was. -#}
{% macro note_checked_months(results) -%}
    {%- if not execute -%}
        {%- do ref("archive_ledger") -%}
    {%- elif flags.WHICH == "build" and target.name == "greenplum" and all_have_passed(results, "is_unchecked_month()") -%}
        {{ know_of_ledger("tests", "") }}
    {%- endif -%}
{%- endmacro %}
