-- What landed on Greenplum of a month is all that ClickHouse holds of it. Fails with each source system and month that
-- differs, and so keeps it out of the archive.

{{ monthly_differences(ref("landing_sales"), ref("hot_sales"), within=landed_days()) }}
