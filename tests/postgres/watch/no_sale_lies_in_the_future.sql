-- No sale is of a day that has not come. Warns of each source system that has some: mostly slips of the keyboard, which
-- count in totals and reports as any sale. ClickHouse's hot months do not begin with them.

-- By the index on the day. A day more, as it is tomorrow already somewhere.
with future_sales as (

    select * from {{ ref("fct_sales") }}
    where sale_date > current_date + 1

)

select
    source_system,
    count(*) as sales,
    max(sale_date) as last_day,
    source_system || ': ' || count(*) || case when count(*) = 1 then ' sale is' else ' sales are' end
    || ' of days that have not come, such as '
    || (
        array_agg(
            sale_id || ' of ' || sale_date || ' (' || _source_file || ':' || _source_line || ')'
            order by sale_date desc, sale_id asc
        )
    )[1] as message
from future_sales
group by source_system
