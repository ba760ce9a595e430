-- Ids and labels that look alike are alike, and others are not. Fails with each that is not read so.

{{ config(meta={"speaks_of": "stg_sale_lines"}) }}

with ids (written, with_case, in_any_case) as (

    values
    ('P1', 'P1', 'P1'),
    ('p1 ', 'p1', 'P1'),
    (E'\tP1\r\n', 'P1', 'P1'),
    (U&'P1\200b', 'P1', 'P1'),
    (U&'\200eP1', 'P1', 'P1'),
    (U&'P\00ad1', 'P1', 'P1'),
    (U&'\feffP1', 'P1', 'P1'),
    (U&'\2003P1', 'P1', 'P1'),
    (U&'P1\202f', 'P1', 'P1'),
    (U&'\3000P1\00a0', 'P1', 'P1'),
    (U&'\2066P\20601\2069', 'P1', 'P1'),
    (U&'\ff301', 'P1', 'P1'),
    (U&'P\00a01', 'P 1', 'P 1'),
    (U&'e\0301', 'é', 'É'),
    ('x9Ab', 'x9Ab', 'X9AB'),
    ('17850.0', '17850.0', '17850.0'),
    ('P 1', 'P 1', 'P 1'),
    -- What stands for nothing.
    ('NULL', null, null),
    (' null ', null, null),
    ('None', null, null),
    ('NA', null, null),
    ('n/a', null, null),
    ('#N/A', null, null),
    ('-', null, null),
    ('--', null, null),
    (U&'\2013', null, null),
    ('?', null, null),
    ('nan', null, null),
    (U&'\200bNaN', null, null),
    (U&'\ff2e\ff35\ff2c\ff2c', null, null),
    ('\N', null, null),
    ('#DIV/0!', null, null),
    ('unknown', null, null),
    -- And what does not.
    ('NULLS', 'NULLS', 'NULLS'),
    ('NA1', 'NA1', 'NA1'),
    ('-1', '-1', '-1'),
    ('0', '0', '0'),
    ('000123', '000123', '000123'),
    ('1.23E+11', '1.23E+11', '1.23E+11'),
    (U&' \200b ', null, null),
    ('', null, null),
    (null, null, null)

),

labels (written, label) as (

    values
    ('Toys & Games', 'Toys & Games'),
    ('TOYS  &  games ', 'Toys & Games'),
    (U&'Toys\00a0& Games', 'Toys & Games'),
    (U&'Toys & Ga\00admes\200b', 'Toys & Games'),
    (E'Toys\t& Games', 'Toys & Games'),
    ('men''s shoes', 'Men''s Shoes'),
    ('MEN''S SHOES', 'Men''s Shoes'),
    ('MEN’S SHOES', 'Men’s Shoes'),
    ('O''NEILL', 'O''Neill'),
    ('l''aquila', 'L''Aquila'),
    ('3D PRINTERS', '3D Printers'),
    ('3d printers', '3D Printers'),
    ('TV & hifi', 'TV & HiFi'),
    ('tv', 'TV'),
    ('Dvd-player', 'DVD-Player'),
    ('USB Cables', 'USB Cables'),
    ('LEDs', 'Leds'),
    ('Ladies'' tvs', 'Ladies'' Tvs'),
    ('mp3-player', 'MP3-Player'),
    ('20TH CENTURY', '20th Century'),
    ('stoke-on-trent', 'Stoke-On-Trent'),
    ('İSTANBUL', 'Istanbul'),
    ('ISTANBUL', 'Istanbul'),
    ('istanbul', 'Istanbul'),
    (U&'i\0307stanbul', 'Istanbul'),
    ('IĞDIR', 'Iğdir'),
    ('ığdır', 'Iğdir'),
    ('ÉVRY', 'Évry'),
    (U&'E\0301vry', 'Évry'),
    ('straße', 'Straße'),
    ('МОСКВА', 'Москва'),
    ('ΑΘΗΝΑΣ', 'Αθηνας'),
    ('αθηνας', 'Αθηνας'),
    ('(new) "hats"', '(New) "Hats"'),
    ('東京', '東京'),
    (' ', 'Unknown'),
    (U&'\200b', 'Unknown'),
    ('', 'Unknown'),
    (null, 'Unknown')

)

select
    written,
    with_case || ' · ' || in_any_case as expected,
    {{ clean_id("written") }} || ' · ' || {{ clean_id("written", "shop") }} as found
from ids
where
    {{ clean_id("written") }} is distinct from with_case
    or {{ clean_id("written", "shop") }} is distinct from in_any_case

union all

select
    written,
    label as expected,
    {{ clean_label("written") }} as found
from labels
where {{ clean_label("written") }} <> label
