"""An export may die at any of its steps: readers never miss a row, nor find one twice."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from pyiceberg.table import StaticTable
from road import dies_at
from road.strangers import Row, holders, ledger_hash
from support import Warehouse

from warehouse import environment

NAMES = ("historical_sales", "historical_customers")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    made = Warehouse(tmp_path / "home", {"SHOP_FILES": str(tmp_path / "files")})
    made.run("warehouse", "sample", "--rows", "1000", "--to", tmp_path / "files")
    try:
        made.run("warehouse", "run")
        yield made
    finally:
        made.run("warehouse", "down", check=False)


@pytest.mark.drill
def test_an_export_that_dies_is_finished_by_the_next(warehouse: Warehouse, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    # The first one: among the files, and at each kind of step of the tables.
    for step in (1, 2, 50, 80, 81, *range(84, 100, 3)):
        export(warehouse, lake, step)
    assert export(warehouse, lake) == 0
    before = {name: in_ledger(warehouse, name) for name in NAMES}
    assert {name: in_table(lake, name) for name in NAMES} == before

    ((key, number),) = warehouse.query(
        "select sales.customer_key::text, max(customer_id) from archive.current_sales as sales "
        "inner join archive.current_customers using (customer_key) where customer_id <> '' "
        "group by 1 having count(distinct sale_month) = 3 order by 1 limit 1",
        "GREENPLUM",
    )
    arguments = json.dumps({"customer_key": key})
    warehouse.dbt("run-operation", "erase_from_archive", "--args", arguments, target="greenplum")
    after = {name: in_ledger(warehouse, name) for name in NAMES}
    assert holders(lake, (key, number))

    for step in itertools.count(1):
        status = export(warehouse, lake, step)
        # Each table is as it was or as it is to be, and each row is read once by path.
        for name in NAMES:
            assert in_table(lake, name) in (before[name], after[name])
        assert by_path(lake) == before["historical_sales"][0]
        if status == 0:
            break
        assert status == dies_at.SIGNED_OFF
    assert step > 10
    assert {name: in_table(lake, name) for name in NAMES} == after
    assert holders(lake, (key, number)) == set()
    assert not list(lake.rglob("_partial")) + list(lake.rglob("*.partial"))


def export(warehouse: Warehouse, lake: Path, step: int = 0) -> int:
    """Export, and die before a step if there is one of that number; return how it ended."""
    program = [sys.executable, dies_at.__file__, str(step), "warehouse"]
    return subprocess.run(
        [*program, "export-archive", "--to", lake],
        env=warehouse.environ,
        cwd=environment.ROOT,
        capture_output=True,
        check=False,
    ).returncode


def in_ledger(warehouse: Warehouse, name: str) -> tuple[int, int]:
    [(rows, rows_hash)] = warehouse.query(
        "select sum(rows_added)::bigint, sum(rows_hash::numeric) from archive.archive_ledger "
        f"where table_name = '{name}'",
        "GREENPLUM",
    )
    return rows, int(rows_hash)


def in_table(lake: Path, name: str) -> tuple[int, int]:
    metadata = lake / "iceberg" / name / "metadata"
    version = (metadata / "version-hint.text").read_text()
    table = StaticTable.from_metadata(str(metadata / f"v{version}.metadata.json"))
    rows: list[Row] = table.scan().to_arrow().to_pylist()
    return len(rows), ledger_hash(rows)


def by_path(lake: Path) -> int:
    """The sales that readers by path find, none of them twice."""
    keys = [
        tuple(row.values())
        for path in lake.glob("historical_sales/*/*.parquet")
        for row in pyarrow.parquet.read_table(
            path, columns=["sale_month", "sale_key", "version"]
        ).to_pylist()
    ]
    assert len(set(keys)) == len(keys)
    return len(keys)
