-- Grain: one row for each day of the calendar.

{{ config(incremental_strategy="upsert", unique_key="date_day") }}

{% call(incremental) incremental_model() %}
with days as (

    select generate_series(
        '{{ var("calendar_first_year") }}-01-01'::timestamp,
        '{{ var("calendar_last_year") }}-12-31'::timestamp,
        interval '1 day'
    )::date as date_day

),

holidays as (

    select
        holiday_date,
        holiday_name
    from {{ ref("holidays") }}
    where country = '{{ var("calendar_country") }}'

),

final as (

    select
        days.date_day,
        extract(year from date_day)::integer as year,
        extract(quarter from date_day)::integer as quarter,
        extract(month from date_day)::integer as month,
        to_char(date_day, 'FMMonth') as month_name,
        date_trunc('month', date_day)::date as month_start,
        extract(isoyear from date_day)::integer as iso_year,
        extract(week from date_day)::integer as iso_week,
        date_trunc('week', date_day)::date as week_start,
        extract(isodow from date_day)::integer as iso_weekday,
        to_char(date_day, 'FMDay') as weekday_name,
        extract(isodow from date_day) >= 6 as is_weekend,
        {{ season("date_day") }} as season,
        holidays.holiday_name is not null as is_holiday,
        holidays.holiday_name
    from days
    left join holidays on days.date_day = holidays.holiday_date

)

select * from final
{% endcall %}
