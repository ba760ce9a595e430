{#- Where letter case makes no difference in ids (variable ids_in_any_case), two lines of one file whose ids differ in nothing
    else are one sale, of which the later line counts. A till writes an id in one way, so they may be two: ids of other
    systems tell `x9Ab` from `X9aB`. Warns of each file, with an example. -#}
{% test ids_written_alike(model, column_name) %}
{{ config(severity="warn") }}
with lines as (

    select
        _source_file as source_file,
        _source_line as source_line,
        btrim({{ column_name }}) as id
    from {{ model }}
    where _load_id >= {{ first_load_to_check() }}

),

in_capitals as (

    -- Of few files does any id hold a small letter.
    select
        source_file,
        upper(id) as id
    from lines
    where id <> upper(id)
    group by
        source_file,
        upper(id)

),

spellings as (

    select
        lines.source_file,
        min(lines.id collate "C") as one_id,
        max(lines.id collate "C") as another_id
    from in_capitals
    inner join lines
        on
        in_capitals.source_file = lines.source_file
        and in_capitals.id = upper(lines.id)
    group by
        in_capitals.id,
        lines.source_file
    having min(lines.id collate "C") <> max(lines.id collate "C")

)

select
    source_file,
    count(*) as ids,
    source_file || ': ' || count(*) || ' of its ids are written in more than one letter case, such as ' || min(one_id)
    || ' and ' || min(another_id) || ', and each is taken for one sale: if they are several, take the source system out of '
    || 'ids_in_any_case in dbt_project.yml (docs/star.md)' as message
from spellings
group by source_file
{% endtest %}
