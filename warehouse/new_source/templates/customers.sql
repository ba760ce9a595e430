-- Grain: one row for each line of the customer files.

-- offset 0 keeps PostgreSQL from folding the steps into one, where each expression would be worked out anew for every
-- use of it: measured, five times slower.

{% call(incremental) incremental_model() %}
with raw_lines as (

    select * from {{ new_lines(source("<< name >>", "<< table >>"), incremental) }}

),

cleaned as (

    select
        raw_lines.*,
<% if "customer_id" in open %>
        -- CHOOSE: the column with the number of the customer, as the sales files have it. << unused >>
<% endif %>
        << customer_id >> as clean_customer_id,
        << age >> as clean_age,
        lower(<< gender >>) as clean_gender,
        << registration_date >> as clean_registration_date
    from raw_lines
    offset 0

),

parsed as (

    select
        cleaned.*,
        {{ parse_number("clean_age") }} as age_number,
        {{ iso_timestamp_text("clean_registration_date") }} as iso_registration_date,
        {{ rejection_reasons(customer_rules()) }} as rejection_reasons
    from cleaned
    offset 0

),

final as (

    select
        '<< name >>'::text as source_system,
        clean_customer_id as customer_id,
        -- Outside these years an age is a slip of the keyboard, not an age.
        case when age_number between 0 and 120 then {{ whole_number("age_number") }} end as age,
        case
            when clean_gender in ('f', 'female', 'w', 'woman', 'weiblich', 'frau', 'femme', 'mujer') then 'Female'
            when clean_gender in ('m', 'male', 'man', 'männlich', 'herr', 'homme', 'hombre') then 'Male'
            when clean_gender is not null then 'Other'
            else 'Unknown'
        end as gender,
        << city >> as city,
        << country >> as country,
        ({{ timestamp_or_null("iso_registration_date") }})::date as registration_date,
        rejection_reasons,
        {{ raw_row([
            << fields >>,
        ]) }} as raw_row,
        _source_file,
        _source_line,
        _load_id,
        _loaded_at
    from parsed

)

select * from final
{% endcall %}
