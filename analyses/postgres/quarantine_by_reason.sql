select
    'sale lines' as what,
    source_system,
    unnest(string_to_array(rejection_reasons, '; ')) as reason,
    count(*) as line_count,
    min(_source_file) as first_file
from {{ ref("qrn_sale_lines") }}
where {{ asked_for() }}
group by
    source_system,
    reason
order by
    source_system asc,
    line_count desc
