-- Every way to write a number is read as its source's decimal sign tells. Fails with each that is not.

with written (number_text, with_none, with_comma, with_point) as (

    values
    ('12', 12, 12, 12),
    ('-12', -12, -12, -12),
    ('12.50', 12.5, null, 12.5),
    ('12,50', 12.5, 12.5, null),
    ('1.234', 1.234, 1234, 1.234),
    ('1,234', 1234, 1.234, 1234),
    ('12,345', 12345, 12.345, 12345),
    ('12.345', 12.345, 12345, 12.345),
    ('1.234,50', 1234.5, 1234.5, null),
    ('1,234.50', 1234.5, null, 1234.5),
    ('-1.234.567', null, -1234567, null),
    ('€ 1.234,5', null, null, null),
    ('1 234,5', 1234.5, 1234.5, null),
    ('$1,234.5', null, null, null),
    ('1.23.456', null, null, null),
    ('1,2,3', null, null, null),
    (',5', null, null, null),
    ('5,', null, null, null),
    ('twelve', null, null, null),
    ('', null, null, null),
    (null, null, null, null)

),

read_back as (

    select
        written.*,
        {{ parse_number("number_text") }} as read_with_none,
        {{ parse_number("number_text", decimal=",") }} as read_with_comma,
        {{ parse_number("number_text", decimal=".") }} as read_with_point
    from written

)

select * from read_back
where
    read_with_none is distinct from with_none
    or read_with_comma is distinct from with_comma
    or read_with_point is distinct from with_point
