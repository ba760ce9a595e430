"""Warehouses that have walked the whole road, shared by the tests of a session."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import Warehouse

ROWS = 20_000

# For a build whose rows are judged by the test itself.
UNTESTED = ("--exclude-resource-types", "test", "unit_test")


@dataclass(frozen=True)
class Road:
    """A warehouse that has run, and what is known about its files."""

    warehouse: Warehouse
    files: Path
    truth: dict[str, Any]
    output: str


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """The sample shop, from files to analytics by `warehouse run`."""
    folder = tmp_path_factory.mktemp("shop")
    files = folder / "files"
    warehouse = Warehouse(folder / "home", {"SHOP_FILES": str(files)})
    warehouse.run("warehouse", "sample", "--rows", str(ROWS), "--to", files)
    try:
        output = warehouse.run("warehouse", "run").stdout
        truth = json.loads((files / "manifest.json").read_text(encoding="utf-8"))
        yield Road(warehouse, files, truth, output)
    finally:
        warehouse.run("warehouse", "down", check=False)


@pytest.fixture(scope="session")
def catalogue(shop: Road) -> str:
    """What `warehouse docs` says of the shop; its files lie with those of dbt."""
    return shop.warehouse.run("warehouse", "docs").stdout


@pytest.fixture(scope="session")
def online_retail(
    online_retail_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Road]:
    """Online Retail beside a small sample shop, from files to analytics by `warehouse run`."""
    folder = tmp_path_factory.mktemp("online_retail")
    shutil.unpack_archive(online_retail_data / "by-day.tar.gz", folder)
    warehouse = Warehouse(
        folder / "home",
        {
            "WAREHOUSE_SOURCES": "shop,online_retail",
            "SHOP_FILES": str(folder / "shop"),
            "ONLINE_RETAIL_FILES": str(folder / "by-day"),
        },
    )
    warehouse.run("warehouse", "sample", "--rows", "2000", "--to", folder / "shop")
    try:
        warehouse.up()
        output = warehouse.run("warehouse", "run").stdout
        truth = json.loads((online_retail_data / "truth.json").read_text(encoding="utf-8"))
        yield Road(warehouse, folder / "by-day", truth, output)
    finally:
        warehouse.run("warehouse", "down", check=False)


@pytest.fixture(scope="session")
def star(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A small shop as far as PostgreSQL's star; what ClickHouse has of it is up to each module."""
    folder = tmp_path_factory.mktemp("star")
    files = folder / "files"
    warehouse = Warehouse(folder / "home", {"SHOP_FILES": str(files)})
    warehouse.run("warehouse", "sample", "--rows", "2000", "--to", files)
    try:
        warehouse.up()
        warehouse.run("warehouse", "ingest")
        warehouse.dbt("build", *UNTESTED, target="postgres")
        yield warehouse
    finally:
        warehouse.run("warehouse", "down", check=False)
