{#- The customer lines of a source system, typed and judged: the whole of its staging model, made from a mapping.

    table: its raw table, which is declared as a source of the source system's name.
    parts: which column, or which SQL expression over raw columns, plays which part: customer_id, age, birthday, gender,
        city, country, registration_date. A part that a source does not have is left out. A birthday goes before an age.
    date_order, short_years, date_numbers: see iso_timestamp_text.
    of_sales: the table is one of sales, of which the last line of each customer in each load tells. -#}
{% macro stage_customers(
    source_system, table, parts, date_order="day_first", short_years=false, date_numbers=none, of_sales=false
) -%}
{%- set dates = {"date_order": date_order, "short_years": short_years, "date_numbers": date_numbers} -%}
{%- call(incremental) incremental_model() -%}
with raw_lines as (

    select * from {{ new_lines(source(source_system, table), incremental) }}

),

-- Why offset: see stage_sale_lines.
cleaned as (

    select
        raw_lines.*,
        {{ clean_id(parts.customer_id, source_system) }} as clean_customer_id,
        {%- for part in ("age", "birthday", "gender", "registration_date") %}
        {{ clean_text(parts[part]) if parts[part] else "null::text" }} as clean_{{ part }}{{ "," if not loop.last }}
        {%- endfor %}
    from raw_lines
    offset '0'

),

{%- if of_sales %}

last_of_load as (

    select distinct on (_load_id, clean_customer_id) *
    from cleaned
    where clean_customer_id is not null
    order by _load_id desc, clean_customer_id desc, _source_line desc

),

{%- endif %}

parsed as (

    select
        cleaned.*,
        {{ parse_number("clean_age") }} as age_number,
        {{ iso_timestamp_text("clean_birthday", **dates) }} as iso_birthday,
        {{ iso_timestamp_text("clean_registration_date", **dates) }} as iso_registration_date,
        {{ rejection_reasons(customer_rules()) }} as rejection_reasons
    from {{ "last_of_load" if of_sales else "cleaned" }} as cleaned
    offset '0'

),

born as (

    select
        parsed.*,
        ({{ timestamp_or_null("iso_birthday", source_system) }})::date as day_of_birth
    from parsed
    offset '0'

),

aged as (

    select
        born.*,
        {{ age_on("(_loaded_at at time zone " ~ source_time_zone(source_system) ~ ")::date", "day_of_birth") }}
            as age_when_loaded
    from born
    offset '0'

),

final as (

    select
        '{{ source_system }}'::text as source_system,
        clean_customer_id as customer_id,
        -- Outside these years an age is a slip of the keyboard, not an age.
        case
            when age_when_loaded between 0 and 120 then age_when_loaded
            when age_number between 0 and 120 then {{ whole_number("age_number") }}
        end as age,
        case when age_when_loaded between 0 and 120 then day_of_birth end as birthday,
        {{ gender("clean_gender") }} as gender,
        {{ label_or_unknown(parts.city, source_system) }} as city,
        {#- NA is Namibia. #}
        {{ name_or_unknown(parts.country, source_system, but=["na"]) }} as country,
        ({{ timestamp_or_null("iso_registration_date", source_system) }})::date as registration_date,
        rejection_reasons,
        {{ judged_values({"customer_id": parts.customer_id}) }} as judged_values,
        {{ raw_row(source_system, table) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from aged

)

select * from final
{%- endcall -%}
{%- endmacro %}


{#- The customers of a source system that has no list of them: its sales are it. One row for each customer in each load.

    table, parts: the raw table of its sales and what that tells of customers, as of stage_customers; the last line counts.
        Without, nothing is told but the country, and where a customer appears in two the last sale counts. -#}
{% macro stage_customers_of_sales(source_system, table=none, parts=none) -%}
{%- if parts -%}
    {{ stage_customers(source_system, table, parts, of_sales=true, **kwargs) }}
{%- else -%}
    {{ countries_of_customers(source_system) }}
{%- endif -%}
{%- endmacro %}


{% macro countries_of_customers(source_system) -%}
{%- set sale_lines = ref("stg_" ~ source_system ~ "__sale_lines") -%}
{%- call(incremental) incremental_model(reads=[sale_lines]) -%}
with sale_lines as (

    select * from {{ new_lines(sale_lines, incremental) }}

),

last_of_load as (

    select distinct on (_load_id, customer_id) *
    from sale_lines
    where customer_id is not null
    order by _load_id desc, customer_id desc, sold_at desc nulls last, _source_line desc

)

select
    '{{ source_system }}'::text as source_system,
    customer_id,
    null::integer as age,
    null::date as birthday,
    'Unknown'::text as gender,
    'Unknown'::text as city,
    country,
    null::date as registration_date,
    null::text as rejection_reasons,
    null::jsonb as judged_values,
    null::jsonb as raw_row,
    _source_file,
    _source_line,
    _load_id,
    _loaded_at
from last_of_load
{%- endcall -%}
{%- endmacro %}


{#- A gender as shops write it, in any letter case. -#}
{% macro gender(field) -%}
    case
        when lower({{ field }}) in ('f', 'female', 'w', 'woman', 'weiblich', 'frau', 'femme', 'mujer') then 'Female'
        when lower({{ field }}) in ('m', 'male', 'man', 'männlich', 'herr', 'homme', 'hombre') then 'Male'
        when {{ field }} is not null then 'Other'
        else 'Unknown'
    end
{%- endmacro %}
