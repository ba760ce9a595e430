-- Grain: one row for each customer number in each load. The export has no customer list, so the invoices are it.

{{ stage_customers_of_sales("online_retail") }}
