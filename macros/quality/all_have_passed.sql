{#- Whether all tests that look at a part alone have passed in this run: those whose SQL has the call that says which part, and
    generic ones with the argument that does. -#}
{% macro all_have_passed(results, call, argument=none) -%}
    {%- set passed = results | selectattr("status", "equalto", "pass") | map(attribute="node.unique_id") | list -%}
    {%- set others = [] -%}
    {%- for test in graph.nodes.values() if test.resource_type == "test" and test.unique_id not in passed -%}
        {%- if call in test.raw_code or (argument and test.test_metadata and test.test_metadata.kwargs[argument]) -%}
            {%- do others.append(test.unique_id) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(others == []) }}
{%- endmacro %}
