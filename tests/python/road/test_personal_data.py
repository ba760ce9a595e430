"""Who reports sees sales and customers, and nothing that tells who a customer is."""

import psycopg2
import pytest
from road.conftest import Road

AS_REPORTING = "set role reporting; "


@pytest.mark.parametrize(
    ("engine", "query"),
    [
        ("POSTGRES", "select customer_key, age_group, region from marts.dim_customer limit 1"),
        ("POSTGRES", "select * from marts.dim_date where date_day = '2011-04-29' and is_holiday"),
        ("GREENPLUM", "select age_group, gender, customers from bi.customer_demographics limit 1"),
    ],
)
def test_the_reporting_role_sees(shop: Road, engine: str, query: str) -> None:
    assert len(shop.warehouse.query(AS_REPORTING + query, engine)) == 1


@pytest.mark.parametrize(
    ("engine", "query"),
    [
        *(
            ("POSTGRES", f"select {column} from marts.dim_customer")
            for column in ("customer_id", "age", "gender", "city", "registration_date", "*")
        ),
        ("POSTGRES", "select customer_id from raw.sales_data"),
        ("POSTGRES", "select raw_row from quarantine.qrn_customers"),
        ("GREENPLUM", "select customer_id from bi.customer_seasons"),
        ("GREENPLUM", "select city from archive.current_customers"),
    ],
)
def test_the_reporting_role_does_not_see(shop: Road, engine: str, query: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        shop.warehouse.query(AS_REPORTING + query, engine)


@pytest.mark.parametrize("engine", ["POSTGRES", "GREENPLUM"])
def test_every_personal_column_is_marked(shop: Road, engine: str) -> None:
    """The test that warns of unmarked ones has passed on the tables as they are."""
    kept = shop.warehouse.query(
        "select table_name from information_schema.tables where table_schema = 'test_failures'",
        engine,
    )
    assert not [name for (name,) in kept if name.startswith("personal_columns")]


def test_a_new_column_of_a_file_is_told(shop: Road) -> None:
    shop.warehouse.query("alter table raw.product_data add supplier_email text")
    test = ("test", "--select", "personal_columns_are_marked_on_postgres")
    try:
        said = shop.warehouse.dbt(*test, target="postgres").stdout
    finally:
        shop.warehouse.query("alter table raw.product_data drop supplier_email")
    assert "raw.product_data.supplier_email: its name suggests a person" in said
    assert "WARN=0" in shop.warehouse.dbt(*test, target="postgres").stdout
