-- Each rare way to write a day or a moment is read as that moment, in the languages of the variable month_names; what has
-- two readings is read as the source says, or not at all. Fails with each that is not.

{{ config(meta={"speaks_of": "stg_sale_lines"}) }}

with written (moment_text, read_as) as (

    values
    -- Times.
    ('2024-03-07 24:00:00', timestamp '2024-03-08'),
    ('2024-12-31 24:00', '2025-01-01'),
    ('2024-03-07 24:01', null),
    ('2024-03-07 23:59:60', '2024-03-08'),
    ('2024-03-07 23:58:60', null),
    ('2024-03-07 11:30 PM', '2024-03-07 23:30'),
    ('2024-03-07 11:30:05pm', '2024-03-07 23:30:05'),
    ('2024-03-07 12:30 a.m.', '2024-03-07 00:30'),
    ('2024-03-07 12:30 PM', '2024-03-07 12:30'),
    (U&'7/3/2024, 2:05:09\202fPM', '2024-03-07 14:05:09'),
    ('2024-03-07 13:30 PM', null),
    ('2024-03-07 0:30 AM', null),
    ('12:30 AM 2024-03-07', null),
    ('2024-03-07T10:00:00.123456789', '2024-03-07 10:00:00.123456'),
    ('2024-03-07 23:59:59.9999999', '2024-03-07 23:59:59.999999'),
    ('2024-03-07 10:00:00,123', '2024-03-07 10:00:00.123'),
    ('07.03.2024 14.05', '2024-03-07 14:05'),
    ('07.03.2024, 14:05 Uhr', '2024-03-07 14:05'),
    ('7 mars 2024 14h05', '2024-03-07 14:05'),
    ('7.3.2024, 14:05:09', '2024-03-07 14:05:09'),
    ('2024-03-07 25h05', null),
    -- Days of digits alone.
    ('20240307', '2024-03-07'),
    ('20240307T101500', '2024-03-07 10:15'),
    ('20240307T1015', '2024-03-07 10:15'),
    ('20240307 10:15', '2024-03-07 10:15'),
    ('20240307101500', '2024-03-07 10:15'),
    ('20240230', null),
    ('202403071', null),
    ('20240307101', null),
    ('45358.59', null),
    ('1709805600', null),
    -- The year first.
    ('2024/03/07 10:00', '2024-03-07 10:00'),
    ('2024/3/7', '2024-03-07'),
    ('2024.03.07', '2024-03-07'),
    ('2024. 3. 7.', '2024-03-07'),
    ('2024年3月7日 10:00', '2024-03-07 10:00'),
    ('2024/13/07', null),
    ('2024/03-07', null),
    -- In the order of the source: day first.
    ('07-03-2024 10:00', '2024-03-07 10:00'),
    ('7. 3. 2024', '2024-03-07'),
    ('03/25/2024', null),
    ('03-25-2024', null),
    ('07/03/24', null),
    ('07.03.24', null),
    ('24-03-07', null),
    -- Names of months.
    ('7-Mar-24', '2024-03-07'),
    ('07-MAR-2024 10:00:00', '2024-03-07 10:00'),
    ('07Mar2024', '2024-03-07'),
    ('7-Mar-99', null),
    ('7 March 2024', '2024-03-07'),
    ('7th March, 2024', '2024-03-07'),
    ('March 7, 2024', '2024-03-07'),
    ('March 7th, 2024 at 2:05 pm', '2024-03-07 14:05'),
    ('Mar 7 2024', '2024-03-07'),
    ('2024-Mar-07', '2024-03-07'),
    ('Thu Mar 07 2024 10:00', '2024-03-07 10:00'),
    ('Thursday, 7 March 2024', '2024-03-07'),
    ('Thu Mar  7 10:00:00 2024', '2024-03-07 10:00'),
    ('7. März 2024', '2024-03-07'),
    (U&'7. Ma\0308rz 2024', '2024-03-07'),
    ('Do., 7. Mrz. 2024 10:00', '2024-03-07 10:00'),
    ('3. Dez. 2024', '2024-12-03'),
    ('1er août 2024', '2024-08-01'),
    ('mar. 5 mars 2024', '2024-03-05'),
    ('7 FÉVR. 2024', '2024-02-07'),
    ('7 de marzo de 2024', '2024-03-07'),
    ('jueves, 7 de marzo de 2024', '2024-03-07'),
    ('7 de março de 2024', '2024-03-07'),
    ('7/mai/2024', '2024-05-07'),
    ('7 марта 2024 г.', '2024-03-07'),
    ('7 МАЯ 2024, 10:00', '2024-05-07 10:00'),
    ('чт, 7 мар. 2024', '2024-03-07'),
    ('mar 7, 2024', '2024-03-07'),
    -- What only looks like one.
    ('7 Marchy 2024', null),
    ('Marchy 7 2024', null),
    ('31 Feb 2024', null),
    ('32 March 2024', null),
    ('7 March', null),
    ('March 2024', null),
    ('7 March 2024 x', null),
    ('Soon 7 March 2024', null),
    ('7 7 March 2024', null),
    ('7 March March 2024', null),
    ('7 Mar 10:00 2024', null),
    ('Thu 7, 2024', null)

),

-- What the source says: its order, its years of two digits, and what a bare number is.
as_said (moment_text, read_as, found) as (

    values
    {%- set said = [
        ("03-25-2024", "2024-03-25", {"date_order": "month_first"}),
        ("3/7/2024 2:05 PM", "2024-03-07 14:05", {"date_order": "month_first"}),
        ("03/07/24", "2024-03-07", {"date_order": "month_first", "short_years": true}),
        ("7.3.24 10:00", "2024-03-07 10:00", {"short_years": true}),
        ("07-03-24", "2024-03-07", {"short_years": true}),
        ("07/03-24", none, {"short_years": true}),
        ("07/03/69", "2069-03-07", {"short_years": 1970}),
        ("07/03/70", "1970-03-07", {"short_years": 1970}),
        ("7-Mar-99", "1999-03-07", {"short_years": 1970}),
        ("07/03/99 11:00 pm", "1999-03-07 23:00", {"short_years": 1950}),
        ("24/03/07", "2024-03-07", {"date_order": "year_first", "short_years": true}),
        ("24-03-07 10:00", "2024-03-07 10:00", {"date_order": "year_first", "short_years": true}),
        ("2024/03/07", "2024-03-07", {"date_order": "year_first"}),
        ("07/03/2024", none, {"date_order": "year_first"}),
        ("24-Mar-07", none, {"date_order": "year_first", "short_years": true}),
        ("45358.59", "2024-03-07 14:09:36", {"date_numbers": "excel"}),
        ("45358", "2024-03-07", {"date_numbers": "excel"}),
        ("45358,5868055556", "2024-03-07 14:05:00", {"date_numbers": "excel"}),
        ("20240307", "2024-03-07", {"date_numbers": "excel"}),
        ("2024-03-07", "2024-03-07", {"date_numbers": "excel"}),
        ("60", none, {"date_numbers": "excel"}),
        ("43896", "2024-03-07", {"date_numbers": "excel_1904"}),
        ("2024-03-07 10:00", "2024-03-07 10:00", {"date_numbers": "epoch_seconds"}),
        ("45358", none, {"date_numbers": "epoch_seconds"}),
    ] %}
    {%- for text, moment, options in said %}
    (
        '{{ text }}',
        {{ "timestamp '" ~ moment ~ "'" if moment else "null" }},
        {{ timestamp_or_null(iso_timestamp_text("'" ~ text ~ "'::text", **options)) }}
    ){{ "," if not loop.last }}
    {%- endfor %}

),

-- Instants have their day in a time zone: what they are rewritten to is compared.
instants (moment_text, read_as, found) as (

    values
    {%- set instants = [
        ("20240307T101500Z", "2024-03-07 10:15:00z", {}),
        ("2024-03-07 10:15:00 UTC", "2024-03-07 10:15:00z", {}),
        ("2024-03-07t10:15:00z", "2024-03-07 10:15:00z", {}),
        ("2024-03-07T10:15:00.1234567+01:00", "2024-03-07 10:15:00.123456+01:00", {}),
        ("2024-03-07T10:15:00+01:00[Europe/Berlin]", "2024-03-07 10:15:00+01:00", {}),
        ("Thu Mar 07 2024 10:15:00 GMT+0100 (CET)", "2024-3-07 10:15:00+0100", {}),
        ("Thu, 07 Mar 2024 10:15:00 +0100", "2024-3-07 10:15:00+0100", {}),
        ("Thu Mar 7 10:15:00 UTC 2024", "2024-3-7 10:15:00z", {}),
        ("1709806500", "2024-03-07 10:15:00.000000Z", {"date_numbers": "epoch_seconds"}),
        ("1709806500.25", "2024-03-07 10:15:00.250000Z", {"date_numbers": "epoch_seconds"}),
        ("1709806500250", "2024-03-07 10:15:00.250000Z", {"date_numbers": "epoch_milliseconds"}),
    ] %}
    {%- for text, instant, options in instants %}
    ('{{ text }}', '{{ instant }}', {{ iso_timestamp_text("'" ~ text ~ "'::text", **options) }}){{ "," if not loop.last }}
    {%- endfor %}

),

read_back as (

    select
        written.*,
        {{ iso_timestamp_text("moment_text") }} as iso_text
    from written

),

typed as (

    select
        moment_text,
        read_as,
        {{ timestamp_or_null("iso_text") }} as found
    from read_back
    union all
    select * from as_said

)

select
    moment_text,
    read_as::text as read_as,
    found::text as found
from typed
where found is distinct from read_as
union all
select * from instants
where found is distinct from read_as
