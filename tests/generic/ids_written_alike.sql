{#- Where letter case makes no difference in ids (variable ids_in_any_case), two lines of one file whose ids differ in
    nothing else are one sale, of which the later line counts. A till writes an id in one way, so lines that tell of
    different amounts may be two sales: other systems tell `x9Ab` from `X9aB`. Declared at the id's column, with the model
    in which its lines are staged. Warns of each file, with an example. -#}
{% test ids_written_alike(model, column_name, staged_as, source_system) %}
{{ config(severity="warn") }}
with in_small_letters as (

    -- Of two spellings, one has a small letter.
    select
        _load_id,
        _source_line,
        {{ column_name }} as spelling,
        {{ clean_id(column_name, source_system) }} as id
    from {{ lines_of(model) }}
    where
        {{ column_name }} <> upper({{ column_name }})
        and _load_id >= {{ first_load_to_check() }}

),

spellings as (

    select
        lines._source_file as source_file,
        lines.sale_id,
        in_small_letters.spelling as one_id,
        coalesce(others_spelling.spelling, other_lines.sale_id) as another_id
    from in_small_letters
    inner join {{ staged_as }} as lines
        on
        in_small_letters.id = lines.sale_id
        and in_small_letters._load_id = lines._load_id
        and in_small_letters._source_line = lines._source_line
    inner join {{ staged_as }} as other_lines
        on
        lines.sale_id = other_lines.sale_id
        and lines._load_id = other_lines._load_id
        and (lines.quantity, lines.unit_price) <> (other_lines.quantity, other_lines.unit_price)
    left join in_small_letters as others_spelling
        on
        other_lines._load_id = others_spelling._load_id
        and other_lines._source_line = others_spelling._source_line
    where
        lines.rejection_reasons is null
        and other_lines.rejection_reasons is null

)

select
    source_file,
    count(distinct sale_id) as ids,
    source_file || ': ' || count(distinct sale_id) || ' of its ids are written in more than one letter case, such as '
    || min(one_id || ' and ' || another_id) || ', and each is taken for one sale: where these are several, take '
    || '{{ source_system }} out of ids_in_any_case in dbt_project.yml (docs/star.md)' as message
from spellings
where one_id <> another_id
group by source_file
{% endtest %}
