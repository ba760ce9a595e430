-- A line that takes another's place is a later version of it: the same sale, corrected in quantity or price. Where the
-- two are days apart, or tell of another product and customer, their id may have been used again (receipts that begin
-- anew each year, ids that differ in letter case alone), and a sale is missing. So it may be where lines of one file
-- share an id and are of another minute, and of another product or customer. Warns of each source system and kind,
-- with an example.

{{ config(meta={"speaks_of": "stg_sale_lines"}) }}

-- It warns, so the fact need not wait for it.
-- depends_on: {{ ref("fct_sales") }}

{% set first_load = first_load_to_check() %}
-- A correction that comes late still has the day of its sale, or nearly.
{% set days_apart = 7 %}
with ids as (
    {%- for system in known_source_systems() %}

    select
        '{{ system }}' as source_system,
        sale_id
    from {{ ref("stg_" ~ system ~ "__sale_lines") }}
    where
        rejection_reasons is null
        and _load_id >= {{ first_load }}
    group by sale_id
    {{ "having count(*) > 1" if first_load == 0 }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

-- Few ids have several lines, and these are looked up by index: the planner, left alone, would sort all lines.
versions as (

    select
        lines.*,
        row_number() over (
            partition by lines.source_system, lines.sale_id
            order by lines.{{ last_by_name() | join(", lines.") }}
        ) as version
    from ids
    cross join lateral (
        select
            line.source_system,
            line.sale_id,
            line.sold_at,
            line.product_id,
            line.customer_id,
            line._source_file,
            line._source_line,
            line._load_id
        from {{ ref("stg_sale_lines") }} as line
        where
            line.source_system = ids.source_system
            and line.sale_id = ids.sale_id
            and line.rejection_reasons is null
        offset '0'
    ) as lines

),

replaced as (

    select
        earlier.source_system,
        earlier.sale_id,
        earlier.sold_at::date as earlier_day,
        later.sold_at::date as later_day,
        abs(later.sold_at::date - earlier.sold_at::date) as days_apart,
        earlier.product_id <> later.product_id as is_other_product,
        coalesce(earlier.customer_id <> later.customer_id, false) as is_other_customer,
        earlier._source_file = later._source_file as is_in_one_file,
        date_trunc('minute', earlier.sold_at) <> date_trunc('minute', later.sold_at) as is_other_minute,
        earlier._source_file || ':' || earlier._source_line as earlier_place,
        later._source_file || ':' || later._source_line as later_place
    from versions as earlier
    inner join versions as later
        on
        earlier.source_system = later.source_system
        and earlier.sale_id = later.sale_id
        and earlier.version + 1 = later.version
    where greatest(earlier._load_id, later._load_id) >= {{ first_load }}

),

odd as (

    select
        replaced.*,
        case
            when days_apart > {{ days_apart }} then 'lines of another day'
            when is_other_product and is_other_customer then 'lines of another product and customer'
            when is_other_product and days_apart > 0 then 'lines of another product and day'
            when is_in_one_file and is_other_minute and (is_other_product or is_other_customer)
                then 'other lines of the same file'
        end as replaced_by
    from replaced

),

examples as (

    select distinct on (source_system, replaced_by) *
    from odd
    where replaced_by is not null
    order by
        source_system asc,
        replaced_by asc,
        days_apart desc,
        sale_id asc

),

counts as (

    select
        source_system,
        replaced_by,
        count(*) as replaced_lines,
        min(least(earlier_day, later_day)) as first_day,
        max(greatest(earlier_day, later_day)) as last_day
    from odd
    where replaced_by is not null
    group by
        source_system,
        replaced_by

)

select
    counts.*,
    examples.sale_id,
    examples.earlier_place,
    examples.later_place,
    format(
        '%s: %s with the same id have taken the place of %s, such as %s of %s (%s) that of %s (%s), %s days apart: '
        'where an id was used again a sale is missing (docs/star.md)',
        counts.source_system, counts.replaced_by, counts.replaced_lines, examples.sale_id,
        examples.later_day, examples.later_place, examples.earlier_day, examples.earlier_place, examples.days_apart
    ) as message
from counts
inner join examples
    on
    counts.source_system = examples.source_system
    and counts.replaced_by = examples.replaced_by
