-- ClickHouse and PostgreSQL hold the same sales. Fails with each source system and month that differs.

{{ monthly_differences(ref("hot_sales"), ref("fct_sales")) }}
