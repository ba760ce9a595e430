"""Whoever changes the archive behind its back is found by `warehouse verify-archive`."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from road.conftest import Road
from support import Warehouse

SALE = """
    sale_id = (select min(sale_id) from archive.historical_sales where sale_month = '{month}')
"""
ENTRY = "table_name = 'historical_sales' and sale_month = '{month}'"

# What is done, each to another month; the table that it is done to; the measures that differ then.
TAMPERINGS = {
    "2023-01-01": (
        f"update archive.historical_sales set unit_price = unit_price + 0.0001 where {SALE}",
        {("historical_sales", "hash")},
    ),
    "2023-02-01": (
        f"update archive.historical_sales set sold_at = sold_at + interval '1 ms' where {SALE}",
        {("historical_sales", "hash")},
    ),
    "2023-03-01": (
        f"delete from archive.historical_sales where {SALE}",
        {("historical_sales", measure) for measure in ("rows", "quantity", "amount", "hash")},
    ),
    "2023-04-01": (
        f"insert into archive.historical_sales select * from archive.historical_sales where {SALE}",
        {("historical_sales", measure) for measure in ("rows", "quantity", "amount", "hash")},
    ),
    "2023-05-01": (
        "insert into archive.superseded_sales select sale_month, sale_key, buyer_key, version, "
        f"archived_at from archive.historical_sales where {SALE}",
        {("superseded_sales", "version")},
    ),
    "2023-06-01": (
        f"update archive.archive_ledger set amount = amount + 0.01 where {ENTRY}",
        {("archive_ledger", "chain")},
    ),
    "2023-07-01": (
        f"delete from archive.archive_ledger where {ENTRY}",
        {("historical_sales", measure) for measure in ("rows", "quantity", "amount", "hash")},
    ),
    "": (
        "update archive.historical_products set category = category || '.' "
        "where product_id = (select min(product_id) from archive.historical_products)",
        {("historical_products", "hash")},
    ),
}

TABLES = ("historical_sales", "historical_products", "superseded_sales", "archive_ledger")


@contextmanager
def kept(warehouse: Warehouse) -> Iterator[None]:
    """Puts back in the end what the archive held."""
    for table in TABLES:
        warehouse.query(
            f"create table landing.kept_{table} as select * from archive.{table}", "GREENPLUM"
        )
    try:
        yield
    finally:
        for table in TABLES:
            warehouse.query(f"truncate archive.{table}", "GREENPLUM")
            warehouse.query(
                f"insert into archive.{table} select * from landing.kept_{table}", "GREENPLUM"
            )
            warehouse.query(f"drop table landing.kept_{table}", "GREENPLUM")


def check_that_tampering_is_found(warehouse: Warehouse) -> None:
    """Does it all at once; each deed must be found where it was done, and nothing else."""
    with kept(warehouse):
        for month, (statement, _) in TAMPERINGS.items():
            warehouse.query(statement.format(month=month), "GREENPLUM")
        done = warehouse.run("warehouse", "verify-archive", check=False)
    assert done.returncode == 1
    assert "the archive is not what was written to it" in done.stderr
    assert "Traceback" not in done.stderr

    expected = {
        (table, month, measure)
        for month, (_, found) in TAMPERINGS.items()
        for table, measure in found
    }
    # The entry after the one that is gone hangs in the air.
    expected.add(("archive_ledger", "2023-08-01", "chain"))
    assert _findings(done.stdout) == expected

    # Untouched it is right. Whoever noted the end of the ledger sees that it is still there.
    [(head,)] = warehouse.query(
        "select chain_hash from archive.archive_ledger order by entry desc limit 1", "GREENPLUM"
    )
    assert head in warehouse.run("warehouse", "verify-archive", "--head", head).stdout
    lost = warehouse.run("warehouse", "verify-archive", "--head", "0" * 32, check=False)
    assert lost.returncode == 1
    assert "was cut off" in lost.stderr


def _findings(output: str) -> set[tuple[str, str, str]]:
    """The table, the month and the measure of each row that is printed, below their header."""
    lines = output.splitlines()
    header = lines[0]
    starts = [header.index(name) for name in ("table_name", "sale_month", "archived_at", "measure")]
    return {
        (
            line[starts[0] : starts[1]].strip(),
            line[starts[1] : starts[2]].strip(),
            line[starts[3] :].split()[0],
        )
        for line in lines[1:]
    }


def test_tampering_is_found(shop: Road) -> None:
    check_that_tampering_is_found(shop.warehouse)


@pytest.mark.parametrize("option", ["--month", "--withdraw"])
def test_months_are_written_with_year_and_month(shop: Road, option: str) -> None:
    done = shop.warehouse.run("warehouse", "archive", option, "2025-13", check=False)
    assert done.returncode != 0
    assert "does not match the format" in done.stderr


def test_a_ledger_of_an_earlier_version_is_told(shop: Road) -> None:
    rename = "alter table archive.archive_ledger rename column {} to {}"
    shop.warehouse.query(rename.format("source_system", "what_was_not_there"), "GREENPLUM")
    try:
        done = shop.warehouse.run("warehouse", "verify-archive", check=False)
    finally:
        shop.warehouse.query(rename.format("what_was_not_there", "source_system"), "GREENPLUM")
    assert done.returncode == 1
    assert "'make archive' brings it up to this one" in done.stderr
