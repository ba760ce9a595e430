-- Each way to write a day or a moment is read as that day, and what only looks like one as none. Fails with each that
-- is not.

{{ config(meta={"speaks_of": "stg_sale_lines"}) }}

with written (moment_text, day_first, month_first) as (

    values
    ('2024-03-07', timestamp '2024-03-07', timestamp '2024-03-07'),
    ('2024-3-7', '2024-03-07', '2024-03-07'),
    ('2024-03-07 14:05', '2024-03-07 14:05', '2024-03-07 14:05'),
    ('2024-03-07T14:05:09.25', '2024-03-07 14:05:09.25', '2024-03-07 14:05:09.25'),
    ('07/03/2024 14:05', '2024-03-07 14:05', '2024-07-03 14:05'),
    ('07.03.2024', '2024-03-07', '2024-03-07'),
    ('25/12/2024', '2024-12-25', null),
    ('12/25/2024', null, '2024-12-25'),
    ('7 Mar 2024 14:05', '2024-03-07 14:05', '2024-03-07 14:05'),
    ('7 march 2024', '2024-03-07', '2024-03-07'),
    ('7 SEPT 2024', '2024-09-07', '2024-09-07'),
    -- Months that only begin alike.
    ('5 Junk 2026', null, null),
    ('5 Marble 2026', null, null),
    ('5 Septem 2026', null, null),
    ('5 Mayor 2026', null, null),
    -- Two separators, a year with a further digit, and text behind.
    ('1/2.2026', null, null),
    ('1.2/2026', null, null),
    ('1/2/20261', null, null),
    ('1.2.20265', null, null),
    ('1 Mar 20245', null, null),
    ('1/2/2026x', null, null),
    ('2026-06-05 soon', null, null),
    ('2026-06-05T', null, null),
    ('2026-06-0510:00', null, null),
    ('2026-06-05 10:00 11:00', null, null),
    -- No such day or time.
    ('31.04.2026', null, null),
    ('29/02/2023', null, null),
    ('29.02.2024', '2024-02-29', '2024-02-29'),
    ('29.02.1900', null, null),
    ('00/00/2026', null, null),
    ('0000-00-00', null, null),
    ('2026-06-05 25:00', null, null),
    ('2026-06-05 10:61', null, null),
    ('0026-06-05', null, null),
    ('3026-06-05', null, null),
    (U&'\ff12\ff10\ff12\ff16-06-05', null, null),
    ('now', null, null),
    ('infinity', null, null),
    -- Which day an instant is in depends on a time zone.
    ('2024-03-07T23:30:00Z', null, null),
    ('', null, null),
    (null, null, null)

),

read_back as (

    select
        written.*,
        {{ iso_timestamp_text("moment_text") }} as iso_day_first,
        {{ iso_timestamp_text("moment_text", date_order="month_first") }} as iso_month_first
    from written

),

typed as (

    select
        read_back.*,
        {{ timestamp_or_null("iso_day_first") }} as read_day_first,
        {{ timestamp_or_null("iso_month_first") }} as read_month_first
    from read_back

)

select * from typed
where
    read_day_first is distinct from day_first
    or read_month_first is distinct from month_first
