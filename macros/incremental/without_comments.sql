{#- SQL as the engine understands it, its tokens parted by a blank: whoever mends a comment or an indentation has not changed
    the model. What stands in quotes is one token. -#}
{% macro without_comments(sql) -%}
    {%- set token -%}
        '(?:[^'\\]|\\.|'')*'|"[^"]*"|`[^`]*`|--[^\n]*|/\*[\s\S]*?\*/|\w+|[^\w\s]
    {%- endset -%}
    {%- set kept = [] -%}
    {%- for found in modules.re.findall(token, sql) if not found.startswith("--") and not found.startswith("/*") -%}
        {%- do kept.append(found) -%}
    {%- endfor -%}
    {{ return(kept | join(" ")) }}
{%- endmacro %}
