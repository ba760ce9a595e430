"""What changes after a month was archived: the star follows it, the archive keeps both.

Only a customer who is erased is taken out of the archive, too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from road.conftest import UNTESTED
from road.contents import contents
from road.strangers import ask_duckdb, holders
from support import Warehouse

NOBODY = "00000000-0000-0000-0000-000000000000"
TOTALS = "select count(*), sum(amount) from {}"
TABLES = """
    select table_schema || '.' || table_name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema')
"""
VERSIONS = """
    select version, is_withdrawn, quantity from archive.historical_sales
    where sale_id = '{sale_id}' order by version
"""


CORRECTED, WITHDRAWN = 0, 1


@dataclass(frozen=True)
class NextDay:
    """A warehouse that has archived, and then loaded, built and archived once more."""

    warehouse: Warehouse
    files: Path
    sales: list[dict[str, Any]]


@pytest.fixture(scope="module")
def next_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NextDay]:
    folder = tmp_path_factory.mktemp("next_day")
    files = folder / "files"
    warehouse = Warehouse(folder / "home", {"SHOP_FILES": str(files)})
    warehouse.run("warehouse", "sample", "--rows", "2000", "--to", files)
    _write_customer(files)
    try:
        warehouse.up()
        warehouse.run("warehouse", "run")
        warehouse.run("warehouse", "export-archive")
        sales = _two_sales(warehouse)
        _write_correction(files, sales[CORRECTED])
        _withdraw(files, sales[WITHDRAWN])
        warehouse.run("meltano", "run", "daily", "monthly")
        yield NextDay(warehouse, files, sales)
    finally:
        warehouse.run("warehouse", "down", check=False)


def test_corrections_and_withdrawals_become_versions(next_day: NextDay) -> None:
    warehouse = next_day.warehouse
    corrected, withdrawn = next_day.sales
    assert _versions(warehouse, corrected["sale_id"]) == [
        (1, False, corrected["quantity"]),
        (2, False, 99),
    ]
    assert _versions(warehouse, withdrawn["sale_id"]) == [
        (1, False, withdrawn["quantity"]),
        (2, True, withdrawn["quantity"]),
    ]
    assert warehouse.query(TOTALS.format("archive.current_sales"), "GREENPLUM") == (
        warehouse.query(TOTALS.format("marts.fct_sales"))
    )


def test_the_archive_is_asked_of_the_months_that_changed(next_day: NextDay) -> None:
    warehouse = next_day.warehouse
    changed = {f"{sale['sold_at']:%Y-%m}" for sale in next_day.sales}
    # Rows of the other months are those that the first run wrote.
    last = (
        "select distinct to_char(sale_month, 'YYYY-MM') from {0} "
        "where xmin::text::bigint = (select max(xmin::text::bigint) from {0})"
    )
    tables = ("analytics.customer_months", "analytics.store_months")
    asked = {
        table: {month for (month,) in warehouse.query(last.format(table), "GREENPLUM")}
        for table in tables
    }
    assert asked == dict.fromkeys(tables, changed)
    # Asked of all months they are what they were.
    before = contents(warehouse, "GREENPLUM")
    selection = ("--select", "customer_months+", "store_months+")
    warehouse.dbt("run", "--full-refresh", *selection, target="greenplum")
    assert contents(warehouse, "GREENPLUM") == before


def test_the_table_of_before_is_there_to_be_read(next_day: NextDay) -> None:
    warehouse = next_day.warehouse
    corrected = next_day.sales[CORRECTED]
    said = warehouse.run("warehouse", "export-archive").stdout
    # Of each month that has changed the file of before is kept.
    changed = {f"{sale['sold_at']:%Y-%m}" for sale in next_day.sales}
    assert "archive.historical_sales: a snapshot of " in said
    table = warehouse.home / "parquet" / "iceberg" / "historical_sales"
    assert len(list((table / "data").glob("*/*.parquet"))) == (
        _files_by_path(warehouse) + len(changed)
    )
    before, after = _snapshots(table)
    assert before["entry"] < after["entry"]
    sale = f"select quantity from iceberg_scan('{table}'{{}}) where sale_id = {{}} order by version"
    for snapshot, quantities in (
        (f", snapshot_from_id = {before['id']}", [corrected["quantity"]]),
        ("", [corrected["quantity"], 99]),
    ):
        query = sale.format(snapshot, f"'{corrected['sale_id']}'")
        found = ask_duckdb(f"install iceberg; load iceberg; {query}", warehouse.home)
        assert [row["quantity"] for row in found] == quantities


@pytest.mark.drill
def test_handing_over_twice_by_hand_doubles_nothing(next_day: NextDay) -> None:
    warehouse = next_day.warehouse
    header = "sale_id,sold_at,product_id,quantity,unit_price,customer_id"
    lines = ["HAND1,2025-03-01 10:00:00,P00001,1,10.00,", "HAND2,2025-03-02,P00001,2,2.50,"]
    path = next_day.files / "sales_data" / "zz_by_hand.csv"
    path.write_text("\n".join([header, *lines, ""]))
    warehouse.run("meltano", "run", "load")
    warehouse.dbt("build", *UNTESTED, target="postgres")
    warehouse.dbt("build", *UNTESTED, target="clickhouse")
    for _ in range(2):
        warehouse.dbt("build", "--selector", "landing", target="clickhouse")
    # Sales that landed twice in one hand-over are refused, and nothing is added.
    doubled = (
        "insert into landing.landing_sales select * from landing.landing_sales "
        "where sale_id = 'HAND1' and landed_at = (select max(landed_at) from landing.landing_sales)"
    )
    warehouse.query(doubled, "GREENPLUM")
    refused = warehouse.dbt(
        "run", "--select", "landed_sales", "historical_sales", target="greenplum", check=False
    )
    assert refused.returncode != 0
    assert "landed 2 times" in refused.stdout
    by_hand = "select sale_id, version, reason from archive.historical_sales where sale_id ~ 'HAND'"
    assert warehouse.query(by_hand, "GREENPLUM") == []
    warehouse.dbt("build", "--selector", "landing", target="clickhouse")
    warehouse.dbt("build", target="greenplum")
    assert sorted(warehouse.query(by_hand, "GREENPLUM")) == [
        ("HAND1", 1, "late"),
        ("HAND2", 1, "late"),
    ]
    warehouse.run("warehouse", "verify-archive")


def test_old_months_leave_clickhouse(next_day: NextDay) -> None:
    """Those that the archive holds as they are, and no others; reports over both lose nothing."""
    warehouse = next_day.warehouse
    expected = warehouse.query(TOTALS.format("marts.fct_sales"))
    tamper = (
        "update archive.archive_ledger set sale_lines = sale_lines {} 1 "
        "where table_name = 'historical_sales' and sale_month = '2024-05-01'"
    )
    warehouse.query(tamper.format("+"), "GREENPLUM")
    try:
        warehouse.dbt(
            *("build", *UNTESTED, "--select", "hot_months", "hot_sales", "all_sales"),
            *("--vars", "hot_months: 3"),
            target="clickhouse",
        )
    finally:
        warehouse.query(tamper.format("-"), "GREENPLUM")
    client = warehouse.clickhouse()
    hot = client.query("select distinct formatDateTime(sale_date, '%Y-%m') from serving.hot_sales")
    newest = {"2025-10", "2025-11", "2025-12"}
    assert {month for (month,) in hot.result_rows} == newest | {"2024-05"}
    whole = client.query("select count(), sum(amount) from serving.all_sales").result_rows
    assert [tuple(row) for row in whole] == expected


def test_an_erased_customer_is_gone_and_stays_away(next_day: NextDay) -> None:
    warehouse = next_day.warehouse
    ((key,),) = warehouse.query("select md5('shop|K1')::uuid::text")
    assert _mentions(warehouse, "K1") >= {
        "POSTGRES raw.sales_data",
        "POSTGRES raw.customer_data",
        "POSTGRES raw._rejects",
        "POSTGRES quarantine.qrn_sale_lines",
        "POSTGRES marts.dim_customer",
        "GREENPLUM archive.historical_customers",
        "GREENPLUM history.customers_history",
    }
    assert "GREENPLUM archive.historical_sales" in _mentions(warehouse, key)
    totals = warehouse.query(TOTALS.format("marts.fct_sales"))
    warehouse.run("warehouse", "export-archive")
    lake = warehouse.home / "parquet"
    named = ("K1", key)
    assert {found.name.split("-")[0] for found in holders(lake, named)} >= {
        *("historical_customers.parquet", "historical_customers"),
        *("historical_sales.parquet", "historical_sales"),
    }

    said = warehouse.run("warehouse", "erase-customer", "shop", "k1").stdout

    assert "No table of the three engines names customer K1 of shop" in said
    assert _mentions(warehouse, "K1") | _mentions(warehouse, key) == set()
    assert _mentions(warehouse, "K12")
    assert holders(lake, named) == set()
    assert holders(lake, ("K12",))
    for name in ("historical_sales", "historical_customers"):
        assert len(_snapshots(lake / "iceberg" / name)) == 1
    held = ask_duckdb(
        "install iceberg; load iceberg; select count(*), sum(amount) "
        f"from iceberg_scan('{lake}/iceberg/historical_sales')",
        warehouse.home,
    )
    assert [tuple(row.values()) for row in held] == warehouse.query(
        TOTALS.format("archive.historical_sales"), "GREENPLUM"
    )
    for engine, table in (("POSTGRES", "marts.fct_sales"), ("GREENPLUM", "archive.current_sales")):
        assert warehouse.query(TOTALS.format(table), engine) == totals
        sales = f"select sale_id, quantity, customer_key from {table} where sale_id in ('X1', 'X2')"
        assert sorted(warehouse.query(sales, engine)) == [("X1", 1, NOBODY), ("X2", 2, NOBODY)]
    assert _versions(warehouse, "X1") == [(1, False, 1)]
    warehouse.run("warehouse", "verify-archive")
    hot_sales = f"select count() from serving.hot_sales where toString(customer_key) = '{key}'"
    assert warehouse.clickhouse().query(hot_sales).result_rows == [(0,)]

    _write_customer(next_day.files, "\n")
    warehouse.run("meltano", "run", "load")
    assert _mentions(warehouse, "K1") == set()
    assert warehouse.query(
        "select reason, line from raw._rejects where source_file like '%zz.csv' order by 1"
    ) == [
        ("7 fields where 6 are expected", ""),
        ("blank line", ""),
        ("blank line", ""),
        ("erased customer", ""),
        ("erased customer", ""),
    ]


def _snapshots(table: Path) -> list[dict[str, int]]:
    """The snapshots of a table, and the state of the archive that each is."""
    version = (table / "metadata" / "version-hint.text").read_text()
    metadata = json.loads((table / "metadata" / f"v{version}.metadata.json").read_text())
    return [
        {"id": each["snapshot-id"], "entry": int(each["summary"]["archive.ledger-entry"])}
        for each in metadata["snapshots"]
    ]


def _files_by_path(warehouse: Warehouse) -> int:
    return len(list((warehouse.home / "parquet").glob("historical_sales/*/*.parquet")))


def _write_customer(files: Path, more: str = "") -> None:
    """A customer with every kind of line that there is, and one whose number begins alike."""
    (files / "customer_data" / "zz.csv").write_text(
        "customer_id,age,gender,city,registration_date\n"
        "K1,33,f,York,2024-01-01\nK12,44,m,Bath,2024-01-02\nk1,34,f,Leeds,2024-01-01\n" + more
    )
    (files / "sales_data" / "zz.csv").write_text(
        "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"
        "X1,2024-03-07 10:00,P00001,1,2.50,K1\n"
        "X2,2024-03-08 10:00,P00001,2,2.50, k1 \n"
        "X3,2024-03-08 11:00,P00001,3,2.50,K12\n"
        "X4,never,P00001,1,2.50,K1\n"
        "X5,2024-03-08 11:00,P00001,3,2.50,K1,and more\n"
        + "".join(f"X{number},2024-03-09 10:00,P00001,1,2.50,\n" for number in range(6, 40))
        + more
    )


def _mentions(warehouse: Warehouse, text: str) -> set[str]:
    """The tables and views of PostgreSQL and Greenplum that hold a text as a word of its own."""
    return {
        f"{engine} {table}"
        for engine in ("POSTGRES", "GREENPLUM")
        for (table,) in warehouse.query(TABLES, engine)
        if warehouse.query(
            f"select from {table} as found where found::text ~* '\\m{text}\\M' limit 1", engine
        )
    }


def _two_sales(warehouse: Warehouse) -> list[dict[str, Any]]:
    names = ("sale_id", "sold_at", "quantity", "unit_price")
    rows = warehouse.query(
        f"select {', '.join(names)} from marts.fct_sales order by sale_id limit 2"
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def _write_correction(files: Path, sale: dict[str, Any]) -> None:
    """A late file has the sale once more, with another quantity."""
    (files / "sales_data" / "sales_data_2026-01-01.csv").write_text(
        "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"
        f"{sale['sale_id']},{sale['sold_at']},P00001,99,{sale['unit_price']},\n"
    )


def _withdraw(files: Path, sale: dict[str, Any]) -> None:
    """The sale is gone from the files that had it."""
    for file in (files / "sales_data").glob("*.csv"):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if sale["sale_id"] not in line.upper()]
        if kept != lines:
            file.write_text("".join(kept), "utf-8")


def _versions(warehouse: Warehouse, sale_id: str) -> list[tuple[Any, ...]]:
    return warehouse.query(VERSIONS.format(sale_id=sale_id), "GREENPLUM")
