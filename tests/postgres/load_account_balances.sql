-- Every line that was read is rejected or loaded, and every loaded one is quarantined, in the star or superseded. Fails
-- with each load whose account does not balance.

select *
from {{ ref("load_account") }}
where
    load_id >= {{ first_load_to_check() }}
    and (
        lines_read <> lines_rejected + rows_loaded
        or rows_loaded <> lines_staged
        or lines_superseded < 0
    )
