"""Warehouses that have walked the whole road, shared by the tests of a session."""

import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import Warehouse

from warehouse import environment

ROWS = 20_000


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
def online_retail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """Online Retail beside a small sample shop, from files to analytics by `warehouse run`."""
    place = os.environ.get("WAREHOUSE_ONLINE_RETAIL", "../shared/data/online_retail")
    data = environment.ROOT / place
    if not (data / "truth.json").exists():
        pytest.skip(f"Online Retail is not in {data}: set WAREHOUSE_ONLINE_RETAIL to its folder")
    folder = tmp_path_factory.mktemp("online_retail")
    with tarfile.open(data / "by-day.tar.gz") as archive:
        archive.extractall(folder, filter="data")
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
        output = warehouse.run("warehouse", "run").stdout
        truth = json.loads((data / "truth.json").read_text(encoding="utf-8"))
        yield Road(warehouse, folder / "by-day", truth, output)
    finally:
        warehouse.run("warehouse", "down", check=False)
