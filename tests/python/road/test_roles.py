"""Each role can do what its programs do, and no more: on PostgreSQL and on Greenplum's stand-in."""

from pathlib import Path

import psycopg2
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from road.conftest import Road
from support import Warehouse

from warehouse import environment

DENIED = psycopg2.errors.InsufficientPrivilege


@pytest.fixture(scope="module")
def roles(shop: Road) -> Road:
    """The shop, with roles."""
    shop.warehouse.run("warehouse", "roles")
    return shop


def login(warehouse: Warehouse, role: str) -> dict[str, str]:
    """The name and password that a program of the role is given."""
    kept = dict(environment.read_file(warehouse.home / "roles.env"))
    prefix = f"WAREHOUSE_{role.upper()}_"
    return {name: kept[f"{prefix}{name}"] for name in ("USER", "PASSWORD")}


def acting(warehouse: Warehouse, role: str) -> Warehouse:
    """The warehouse as a program of the role sees it, on servers that it did not start."""
    given = login(warehouse, role)
    settings = {
        f"{engine}_{name}": given.get(name) or warehouse.setting(f"{engine}_{name}")
        for engine in ("POSTGRES", "GREENPLUM")
        for name in ("HOST", "PORT", "DATABASE", "SSLMODE", "USER", "PASSWORD")
    }
    return warehouse.with_settings(**settings)


@pytest.mark.parametrize(
    ("role", "engine", "statement"),
    [
        ("loader", "POSTGRES", "delete from raw.sales_data where false"),
        ("loader", "POSTGRES", "alter table raw.product_data alter category set not null"),
        ("transformer", "POSTGRES", "select customer_id from raw.customer_data"),
        ("transformer", "POSTGRES", "create table marts.mine (); drop table marts.mine"),
        (
            "transformer",
            "POSTGRES",
            "alter table marts.fct_sales alter quantity set statistics 100",
        ),
        ("transformer", "GREENPLUM", "truncate landing.landing_sales"),
        ("reporting", "POSTGRES", "select quantity, customer_key from marts.fct_sales"),
        ("reporting", "GREENPLUM", "select age_group from bi.customer_demographics"),
        ("analyst", "POSTGRES", "select age_group, region from marts.dim_customer"),
        ("analyst", "POSTGRES", "select product_id, quantity from staging.stg_sale_lines"),
        ("analyst", "GREENPLUM", "select quantity, unit_price from archive.historical_sales"),
        ("operator", "POSTGRES", "select * from raw.customer_data"),
        ("operator", "GREENPLUM", "select * from history.customers_history"),
    ],
)
def test_a_role_may(roles: Road, role: str, engine: str, statement: str) -> None:
    acting(roles.warehouse, role).query(f"begin; {statement}; rollback", engine)


@pytest.mark.parametrize(
    ("role", "engine", "statement"),
    [
        ("loader", "POSTGRES", "select 1 from staging.stg_sale_lines"),
        ("loader", "POSTGRES", "select 1 from marts.dim_customer"),
        ("loader", "POSTGRES", "create schema mine"),
        ("loader", "GREENPLUM", "select 1 from archive.historical_sales"),
        ("transformer", "POSTGRES", "delete from raw.sales_data"),
        ("transformer", "POSTGRES", "create table raw.mine ()"),
        ("transformer", "POSTGRES", "create role mine superuser"),
        ("reporting", "POSTGRES", "select customer_id from marts.dim_customer"),
        ("reporting", "POSTGRES", "select 1 from staging.stg_sale_lines"),
        ("reporting", "GREENPLUM", "select 1 from archive.historical_sales"),
        ("analyst", "POSTGRES", "select 1 from raw.sales_data"),
        ("analyst", "POSTGRES", "select city from marts.dim_customer"),
        ("analyst", "POSTGRES", "select raw_row from quarantine.qrn_customers"),
        ("analyst", "POSTGRES", "update marts.fct_sales set quantity = 0"),
        ("analyst", "GREENPLUM", "select city from archive.historical_customers"),
        ("analyst", "GREENPLUM", "delete from archive.historical_sales"),
        ("operator", "POSTGRES", "delete from raw.sales_data"),
        ("operator", "GREENPLUM", "truncate archive.historical_sales"),
        ("operator", "POSTGRES", "copy raw.sales_data to '/tmp/mine'"),
    ],
)
def test_a_role_may_not(roles: Road, role: str, engine: str, statement: str) -> None:
    with pytest.raises(DENIED):
        acting(roles.warehouse, role).query(f"begin; {statement}; rollback", engine)


def test_programs_work_with_a_login_of_their_own(roles: Road, tmp_path: Path) -> None:
    acting(roles.warehouse, "loader").run("warehouse", "ingest")
    operator = acting(roles.warehouse, "operator")
    assert "Checksums" in operator.run("warehouse", "backup", "--to", tmp_path).stdout


def test_what_comes_later_is_read_by_those_who_read_all(roles: Road) -> None:
    loader, transformer = (acting(roles.warehouse, role) for role in ("loader", "transformer"))
    loader.query("create table raw.later (price text)")
    try:
        transformer.query("select price from raw.later")
        acting(roles.warehouse, "operator").query("select price from raw.later")
        with pytest.raises(DENIED):
            acting(roles.warehouse, "analyst").query("select price from raw.later")
    finally:
        # What one login of a role has made is the role's.
        loader.query("drop table raw.later")


def test_a_password_is_changed_without_an_outage(roles: Road) -> None:
    kept = roles.warehouse.home / "roles.env"
    assert kept.stat().st_mode & 0o077 == 0
    former, works = (
        acting(roles.warehouse, "analyst"),
        "select quantity from marts.fct_sales limit 1",
    )
    roles.warehouse.run("warehouse", "roles", "--rotate", "analyst")
    assert len(former.query(works)) == 1
    assert login(roles.warehouse, "analyst")["USER"] == "analyst_b"
    assert len(acting(roles.warehouse, "analyst").query(works)) == 1
    roles.warehouse.run("warehouse", "roles", "--retire", "analyst")
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        former.query(works)
    assert len(acting(roles.warehouse, "analyst").query(works)) == 1


def test_a_role_that_there_is_not_is_named(roles: Road) -> None:
    done = roles.warehouse.run("warehouse", "roles", "--rotate", "boss", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("warehouse: there is no role boss: the roles are loader, ")


def test_reports_are_read_on_the_embedded_clickhouse_by_a_user_who_may_only_read(
    shop: Road,
) -> None:
    warehouse = shop.warehouse
    reading = warehouse.with_settings(
        CLICKHOUSE_USER=warehouse.setting("CLICKHOUSE_REPORTING_USER"),
        CLICKHOUSE_PASSWORD=warehouse.setting("CLICKHOUSE_REPORTING_PASSWORD"),
    ).clickhouse()
    assert reading.command("select count() from serving.hot_sales") > 0
    for beyond in ("marts.dim_customer", "marts.fct_sales"):
        with pytest.raises(DatabaseError, match="Not enough privileges"):
            reading.command(f"select count() from {beyond}")
    with pytest.raises(DatabaseError, match="readonly"):
        reading.command("truncate table serving.hot_sales")
    warehouse.run("warehouse", "report", "revenue_by_category")
    owner = warehouse.clickhouse()
    owner.command("system flush logs")
    asked = "select count() from system.query_log where log_comment like 'reporting %'"
    assert owner.command(f"{asked} and query like '%share_percent%'") > 0
