-- PostgreSQL knows every time zone of the seed source_systems: to it the source system's instants are brought. Fails
-- with each that it does not.

select
    source_system,
    time_zone
from {{ ref("source_systems") }}
where time_zone not in (select known.name from pg_timezone_names as known)
