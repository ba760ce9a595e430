"""Fixtures for all tests: warehouses with engines of their own, in folders of their own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import Warehouse

from warehouse import environment


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse whose embedded engines run for the whole session.

    Tests share it: each works in schemas of its own, or leaves it as it found it.
    """
    warehouse = Warehouse(tmp_path_factory.mktemp("warehouse"))
    try:
        warehouse.run("warehouse", "up")
        yield warehouse
    finally:
        warehouse.run("warehouse", "down")


@pytest.fixture
def new_warehouse(tmp_path: Path) -> Iterator[Callable[..., Warehouse]]:
    """Makes warehouses that nothing has been done with yet; their engines are stopped in the end.

    Its arguments are the name of the folder, and settings.
    """
    made: list[Warehouse] = []

    def make(folder: str = "warehouse", **settings: str) -> Warehouse:
        made.append(Warehouse(tmp_path / folder, settings))
        return made[-1]

    yield make
    for warehouse in made:
        warehouse.run("warehouse", "down", check=False)


@pytest.fixture(scope="session")
def greenplum_environment() -> dict[str, str]:
    """The settings of a real Greenplum: tests that ask for it are skipped where there is none."""
    prefix = "WAREHOUSE_TEST_GREENPLUM_"
    settings = {
        name.removeprefix("WAREHOUSE_TEST_"): value
        for name, value in os.environ.items()
        if name.startswith(prefix)
    }
    if "GREENPLUM_HOST" not in settings:
        pytest.skip(f"no Greenplum to test with: set {prefix}HOST, …_PORT, …_USER, …")
    return settings


@pytest.fixture(scope="session")
def online_retail_data() -> Path:
    """The folder of the real data: tests that ask for it are skipped where it is not."""
    place = os.environ.get("WAREHOUSE_ONLINE_RETAIL") or "../shared/data/online_retail"
    folder = environment.ROOT / place
    if not all((folder / name).is_file() for name in ("by-day.tar.gz", "truth.json")):
        pytest.skip(f"Online Retail is not in {folder}: set WAREHOUSE_ONLINE_RETAIL to its folder")
    return folder
