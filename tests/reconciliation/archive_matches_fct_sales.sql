-- The archive holds of every closed month what PostgreSQL holds. Fails with each source system and month that differs.

{{ monthly_differences(ref("current_sales"), ref("fct_sales"), is_closed_month("sale_month")) }}
