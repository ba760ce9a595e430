{#- What every summary tells of a group of lines of hot_sales: defined once, so that all mean the same. A sum of what no line
    tells is null, and one of what some lines tell is theirs alone. -#}
{% macro sales_measures() -%}
    sum(hot_sales.amount) as net_revenue,
        sumIf(hot_sales.amount, hot_sales.line_type = 'sale') as gross_revenue,
        -sumIf(hot_sales.amount, hot_sales.line_type = 'return') as returned_revenue,
        sum(hot_sales.gross_amount) as gross_amount,
        sum(hot_sales.discount) as discount,
        sum(hot_sales.tax) as tax,
        sum(hot_sales.cost) as cost,
        sum(hot_sales.margin) as margin,
        sum(hot_sales.quantity) as net_quantity,
        sumIf(hot_sales.quantity, hot_sales.line_type = 'sale') as sold_quantity,
        count() as sale_lines,
        countIf(hot_sales.line_type = 'return') as return_lines,
        sum(hot_sales.amount_reporting) as net_revenue_reporting,
        countIf(hot_sales.amount_reporting is null) as lines_without_rate
{%- endmacro %}


{#- By which orders are told apart. Of ten million orders, two have the same hash with a chance of 3 in a million; sets of
    these numbers take half the time, and half the space, of sets of strings. -#}
{% macro order_hash() -%}
    sipHash64(hot_sales.source_system, hot_sales.order_id)
{%- endmacro %}


{#- True for a line by which a known customer buys. The unknown customer is many people or none: not one. -#}
{% macro is_purchase() -%}
    hot_sales.line_type = 'sale' and hot_sales.customer_key != toUUID('{{ var("unknown_key") }}')
{%- endmacro %}


{#- Distinct orders with a sale, and distinct customers with one; they hold for their group and cannot be added up. -#}
{% macro distinct_counts() -%}
    uniqExactIf({{ order_hash() }}, hot_sales.line_type = 'sale') as orders,
        uniqExactIf(hot_sales.customer_key, {{ is_purchase() }}) as customers
{%- endmacro %}


{#- Which orders and customers these were, as aggregate-function states: uniqExactMerge counts those of several groups
    without counting one twice. -#}
{% macro distinct_states() -%}
    uniqExactStateIf({{ order_hash() }}, hot_sales.line_type = 'sale') as orders_state,
        uniqExactStateIf(hot_sales.customer_key, {{ is_purchase() }}) as customers_state
{%- endmacro %}


{#- The measures of a group of rows of a summary, but for the distinct counts. -#}
{% macro added_measures(summary) -%}
    {%- set measures = (
        "net_revenue", "gross_revenue", "returned_revenue", "gross_amount", "discount", "tax", "cost", "margin",
        "net_quantity", "sold_quantity", "sale_lines", "return_lines", "net_revenue_reporting", "lines_without_rate"
    ) -%}
    {%- for measure in measures -%}
        sum({{ summary }}.{{ measure }}) as {{ measure }}
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- The measures of a group of rows of a summary that keeps distinct_states. -#}
{% macro merged_measures(summary="summary_sales") -%}
    {{ added_measures(summary) }},
        uniqExactMerge({{ summary }}.orders_state) as orders,
        uniqExactMerge({{ summary }}.customers_state) as customers
{%- endmacro %}


{#- Sales of an average order; null where there was none. -#}
{% macro average_basket() -%}
    if(orders = 0, null, toDecimal64(round(gross_revenue / orders, 2), 2))
{%- endmacro %}


{#- What part of the revenue the margin is, of the lines whose cost is known: their revenue is margin and cost. -#}
{% macro margin_percent() -%}
    round(100 * margin / nullIf(margin + cost, 0), 1)
{%- endmacro %}
