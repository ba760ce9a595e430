"""The archive as open tables: strangers find in them what the ledger says."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.dataset
import pyarrow.parquet
import pytest
from bridge.bridge_process import free_port
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import Table
from road import object_store as object_stores
from road.conftest import Road
from road.object_store import ObjectStore
from road.strangers import (
    READERS,
    SPARK,
    Row,
    ask_clickhouse,
    ask_duckdb,
    ask_python,
    ledger_hash,
    of_polars,
    of_spark,
)
from road.test_archive_history import COUPON
from support import Warehouse

from warehouse import environment

# The last column of what fct_sales is made of.
_RATE = "      - name: reporting_rate\n"

_LEDGER = """
    select
        table_name,
        sum(rows_added)::bigint,
        sum(quantity_added)::bigint,
        sum(amount_added),
        sum(rows_hash::numeric)::numeric
    from archive.archive_ledger
    group by table_name
"""


@dataclass(frozen=True)
class Lake:
    """A folder to which the archive of the shop was exported, and what its ledger says."""

    warehouse: Warehouse
    folder: Path
    said: str
    ledger: Mapping[str, tuple[Any, ...]]

    def export(self, **settings: str) -> str:
        here = self.warehouse.with_settings(**settings)
        return here.run("warehouse", "export-archive", "--to", self.folder).stdout

    def table(self, name: str) -> Path:
        return self.folder / "iceberg" / name

    def opened(self, name: str) -> Table:
        place = self.folder / "iceberg"
        catalog = SqlCatalog("archive", uri=f"sqlite:///{place}/catalog.db", warehouse=str(place))
        return catalog.load_table(f"archive.{name}")


@pytest.fixture(scope="module")
def lake(shop: Road, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    # Its name has a blank, as people's folders have.
    folder = tmp_path_factory.mktemp("lake") / "of the shop" / ".warehouse" / "parquet"
    said = shop.warehouse.run("warehouse", "export-archive", "--to", folder).stdout
    yield Lake(shop.warehouse, folder, said, in_ledger(shop.warehouse))


def in_ledger(warehouse: Warehouse) -> dict[str, tuple[Any, ...]]:
    """By table what the ledger says: rows, quantity and amount of sales, and the hash."""
    return {name: tuple(sums) for name, *sums in warehouse.query(_LEDGER, "GREENPLUM")}


def test_the_archive_as_parquet(lake: Lake, shop: Road) -> None:
    months = shop.truth["expected"]["sales"]["by_month"]
    assert f"{len(months) + 3} files written" in lake.said
    sales = pyarrow.dataset.dataset(lake.folder / "historical_sales", partitioning="hive")
    found = sales.to_table(columns=["month", "amount"]).group_by("month")
    totals = found.aggregate([("amount", "sum"), ("amount", "count")]).to_pylist()
    assert {each["month"]: (each["amount_count"], each["amount_sum"]) for each in totals} == {
        month: (expected["sales"], sum(map(Decimal, expected["revenue"].values())))
        for month, expected in months.items()
    }

    # A second time nothing is written, but what is damaged.
    damaged = lake.folder / "historical_sales" / "month=2023-03" / "historical_sales.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    assert "1 files written" in lake.export()
    assert pyarrow.dataset.dataset(damaged).count_rows() == months["2023-03"]["sales"]
    said = lake.export()
    assert "0 files written" in said
    assert "snapshot" not in said


@pytest.mark.parametrize("reader", READERS)
def test_strangers_find_what_the_ledger_says(lake: Lake, reader: str) -> None:
    found = {name: _sums(READERS[reader](lake.table(name), lake.folder)) for name in lake.ledger}
    assert found == lake.ledger


def _sums(rows: list[Row]) -> tuple[Any, ...]:
    is_sales = "amount" in rows[0]
    return (
        len(rows),
        sum(int(row["quantity"]) for row in rows) if is_sales else None,
        sum(Decimal(row["amount"]) for row in rows) if is_sales else None,
        ledger_hash(rows),
    )


def test_the_lines_of_the_page_work(lake: Lake, shop: Road) -> None:
    months = shop.truth["expected"]["sales"]["by_month"]
    clone = lake.folder.parent.parent
    assert len(ask_duckdb(_lines("iceberg_scan"), clone)) == len(months)
    assert len(ask_clickhouse(_lines("icebergLocal"), clone)) == len(months)
    assert f"shape: ({len(months)}, 3)" in ask_python(sys.executable, _lines("polars"), clone)


def _lines(word: str) -> str:
    """The lines of the first block of docs/lake.md in which a word is."""
    page = (environment.ROOT / "docs" / "lake.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:sql|python)\n(.*?)```", page, re.DOTALL)
    [first, *_] = (block for block in blocks if word in block)
    return str(first)


def test_files_are_sorted_partitioned_and_one_with_those_by_path(lake: Lake) -> None:
    sales = lake.opened("historical_sales")
    for task in sales.scan().plan_files():
        path = Path(task.file.file_path.removeprefix("file://"))
        month = path.parent.name.removeprefix("sale_month=")
        by_path = lake.folder / f"historical_sales/month={month[:7]}/historical_sales.parquet"
        assert path.samefile(by_path)
        assert date(1970, 1, 1) + timedelta(task.file.partition[0]) == date.fromisoformat(month)
        keys = pyarrow.parquet.read_table(path, columns=["sale_key", "version"]).to_pylist()
        assert keys == sorted(keys, key=lambda row: (row["sale_key"], row["version"]))
        # Whoever reads the metadata learns nothing of a person.
        bounds = {sales.schema().find_column_name(number) for number in task.file.lower_bounds}
        assert {"sale_key", "sold_at", "amount"} <= bounds
        assert not bounds & {"customer_key", "buyer_key"}
    described = sales.schema().find_field("sold_at")
    assert (str(described.field_type), bool(described.doc)) == ("timestamp", True)


def test_snapshots_are_states_of_the_archive(lake: Lake) -> None:
    [(entry, head, known_at)] = lake.warehouse.query(
        "select entry, chain_hash, archived_at from archive.archive_ledger "
        "order by entry desc limit 1",
        "GREENPLUM",
    )
    for name in lake.ledger:
        snapshot = lake.opened(name).current_snapshot()
        assert snapshot and snapshot.summary
        about = snapshot.summary.additional_properties
        assert about["archive.ledger-entry"] == str(entry)
        assert about["archive.ledger-head"] == head
        assert about["archive.known-at"] == known_at.isoformat()


@pytest.fixture(scope="module")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_stores.running(tmp_path_factory.mktemp("object_store")) as store:
        yield store


@pytest.mark.drill
def test_tables_may_lie_in_an_object_store(
    lake: Lake, object_store: ObjectStore, tmp_path: Path
) -> None:
    """With the catalogue in a file, and with a REST catalogue."""
    settings = {
        "S3__ENDPOINT": object_store.address,
        "S3__REGION": "us-east-1",
        "S3__ACCESS_KEY_ID": object_stores.USER,
        "S3__SECRET_ACCESS_KEY": object_stores.PASSWORD,
    }
    in_rest = {
        "WAREHOUSE": "s3://tables",
        "URI": object_store.catalogue,
        "CREDENTIAL": f"{object_stores.USER}:{object_stores.PASSWORD}",
    }
    for name, place, more in (
        ("file", "lake/of/the/shop", {"WAREHOUSE": "s3://lake/of/the/shop"}),
        ("rest", "tables/archive", in_rest),
    ):
        copy = tmp_path / name
        shutil.copytree(lake.folder, copy, ignore=shutil.ignore_patterns("iceberg"))
        chosen = {
            f"PYICEBERG_CATALOG__ARCHIVE__{key}": value for key, value in (settings | more).items()
        }
        there = replace(lake, folder=copy)
        assert "0 files written" in there.export(**chosen)
        for table, sums in lake.ledger.items():
            query = (
                f"select * from icebergS3('{object_store.address}/{place}/{table}', "
                f"'{object_stores.USER}', '{object_stores.PASSWORD}')"
            )
            assert _sums(ask_clickhouse(query, tmp_path)) == sums
        assert "snapshot" not in there.export(**chosen)


def test_a_table_grows_with_the_archive(lake: Lake, project: Path) -> None:
    contract = project / "models" / "marts" / "_marts.yml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace(_RATE, COUPON + _RATE), encoding="utf-8")
    rows = lake.ledger["historical_sales"][0]
    alter = "alter table archive.historical_sales {} column coupon"
    lake.warehouse.query(alter.format("add") + " text", "GREENPLUM")
    try:
        # It enters the files of months that change; others have none.
        (lake.folder / "historical_sales" / "month=2023-05" / "historical_sales.parquet").unlink()
        assert "1 files written" in lake.export(PYTHONPATH=str(project))
    finally:
        lake.warehouse.query(alter.format("drop"), "GREENPLUM")
    [found] = ask_duckdb(
        "install iceberg; load iceberg; select count(*) as n, count(coupon) as coupons "
        f"from iceberg_scan('{lake.table('historical_sales')}')",
        lake.folder,
    )
    assert (found["n"], found["coupons"]) == (rows, 0)
    assert "0 files written" in lake.export()
    assert (
        _sums(of_polars(lake.table("historical_sales"), lake.folder))
        == (lake.ledger["historical_sales"])
    )


def test_what_the_settings_cannot_mean_is_told_in_a_line(lake: Lake) -> None:
    for settings, complaint in (
        (
            {"WAREHOUSE": "s3://lake/shop"},
            f"the table historical_sales is in file://{lake.folder}/iceberg/historical_sales, ",
        ),
        (
            {"URI": f"http://127.0.0.1:{free_port()}"},
            "the Parquet files are written, but not all tables of Iceberg hold them: ",
        ),
        ({"URI": "lake.example.org"}, "PYICEBERG_CATALOG__ARCHIVE__… names no catalogue: "),
    ):
        done = lake.warehouse.with_settings(
            **{f"PYICEBERG_CATALOG__ARCHIVE__{key}": value for key, value in settings.items()}
        ).run("warehouse", "export-archive", "--to", lake.folder, check=False)
        assert done.returncode == 1
        assert complaint in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.drill
def test_spark_finds_what_the_ledger_says(lake: Lake) -> None:
    subprocess.run([environment.ROOT / "scripts" / "venv.sh", "spark"], check=True)
    clone = lake.folder.parent.parent
    found = {name: _sums(of_spark(lake.table(name), clone)) for name in lake.ledger}
    assert found == lake.ledger
    assert (
        len(re.findall(r"^\|20", ask_python(SPARK, _lines("pyspark"), clone), re.MULTILINE)) == 20
    )
