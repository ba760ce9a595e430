-- Every way to write a number is read as its source's decimal sign tells. Fails with each that is not.

{{ config(meta={"speaks_of": "stg_sale_lines"}) }}

with written (number_text, with_none, with_comma, with_point) as (

    values
    ('12', 12, 12, 12),
    ('-12', -12, -12, -12),
    ('007', 7, 7, 7),
    ('12.50', 12.5, null, 12.5),
    ('12,50', 12.5, 12.5, null),
    ('1.234', 1.234, 1234, 1.234),
    ('1,234', 1234, 1.234, 1234),
    ('12,345', 12345, 12.345, 12345),
    ('12.345', 12.345, 12345, 12.345),
    ('1.234,50', 1234.5, 1234.5, null),
    ('1,234.50', 1234.5, null, 1234.5),
    ('-1.234.567', null, -1234567, null),
    -- A group of thousands does not begin with 0.
    ('0,125', 0.125, 0.125, null),
    ('-0,5', -0.5, -0.5, null),
    ('0.125', 0.125, null, 0.125),
    ('0,500.25', null, null, null),
    ('0.125,50', null, null, null),
    ('012,345', null, 12.345, null),
    -- Blanks stand between groups of three alone.
    ('1 234,5', 1234.5, 1234.5, null),
    ('1 234.5', 1234.5, null, 1234.5),
    ('-12 345 678', -12345678, -12345678, -12345678),
    (U&'1\00a0234\202f567', 1234567, 1234567, 1234567),
    (U&'1\2009234,50', 1234.5, 1234.5, null),
    ('12 50', null, null, null),
    ('1 2', null, null, null),
    ('0 125', null, null, null),
    ('1  234', null, null, null),
    ('1 234,567.5', null, null, null),
    ('- 5', null, null, null),
    ('1.23.456', null, null, null),
    ('1,2,3', null, null, null),
    (',5', null, 0.5, null),
    ('5,', null, 5, null),
    ('.99', 0.99, null, 0.99),
    ('12.', 12, null, 12),
    ('-.5', -0.5, null, -0.5),
    ('.', null, null, null),
    ('1.234.', null, null, null),
    -- Below zero, and above.
    ('(12.50)', -12.5, null, -12.5),
    ('(1.234,50)', -1234.5, -1234.5, null),
    ('12.50-', -12.5, null, -12.5),
    ('1,234-', -1234, -1.234, -1234),
    (U&'\221212,50', -12.5, -12.5, null),
    ('+12.50', 12.5, null, 12.5),
    ('+1 234,5', 1234.5, 1234.5, null),
    ('(-5)', null, null, null),
    (U&'(\22125)', null, null, null),
    ('-5-', null, null, null),
    ('+-5', null, null, null),
    ('(5', null, null, null),
    ('5)', null, null, null),
    ('()', null, null, null),
    ('12.-', null, null, null),
    ('12,-', null, null, null),
    ('3-4', null, null, null),
    -- Groups of Switzerland and of India.
    ('1''234.50', 1234.5, null, 1234.5),
    (U&'1\2019234\2019567', 1234567, 1234567, 1234567),
    ('1''234,5', 1234.5, 1234.5, null),
    ('1''23', null, null, null),
    ('0''125', null, null, null),
    ('1,23,456.70', 123456.7, null, 123456.7),
    ('-12,34,567', -1234567, null, -1234567),
    ('1,23', 1.23, 1.23, null),
    ('1,23,45', null, null, null),
    ('1,234,56', null, null, null),
    ('0,12,345', null, null, null),
    -- Powers of ten.
    ('1.5E1', 15, null, 15),
    ('5.0E-4', 0.0005, null, 0.0005),
    ('1e3', 1000, 1000, 1000),
    ('-2.5e+2', -250, null, -250),
    ('1,5E1', null, 15, null),
    ('1,234E3', null, 1234, null),
    ('E5', null, null, null),
    ('1E', null, null, null),
    ('1E500', null, null, null),
    ('1.2.3', null, null, null),
    ('5--', null, null, null),
    ('0x1F', null, null, null),
    ('1_000', null, null, null),
    ('3 pcs', null, null, null),
    ('1/2', null, null, null),
    ('€5', null, null, null),
    ('$5', null, null, null),
    ('5%', null, null, null),
    ('NaN', null, null, null),
    ('Infinity', null, null, null),
    ('twelve', null, null, null),
    -- Digits of other scripts.
    (U&'\0663', null, null, null),
    (U&'\ff11\ff12', null, null, null),
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
