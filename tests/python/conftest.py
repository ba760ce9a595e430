"""Fixtures for all tests: warehouses with engines of their own, in folders of their own."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import PARSED, Warehouse

from warehouse import environment

# What takes long to make is made once: the files of tests that ask for one of these fixtures run in
# one process.
SHARED = {"shop": "the shop", "online_retail": "the shop", "star": "the star"}

# What a copy of the project needs to load and build.
PARTS = [
    "analyses",
    "dbt_project.yml",
    "macros",
    "meltano.yml",
    "models",
    "profiles",
    "pyproject.toml",
    "seeds",
    "selectors.yml",
    "snapshots",
    "tests/clickhouse",
    "tests/generic",
    "tests/greenplum",
    "tests/landing",
    "tests/postgres",
    "tests/verification",
    "warehouse",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests run in one process, and begin with whole roads.

    The shorter the last files are, the sooner both processes end.
    """
    groups = {
        item.path: SHARED[name]
        for item in items
        for name in getattr(item, "fixturenames", ())
        if name in SHARED
    }
    for item in items:
        item.add_marker(pytest.mark.xdist_group(groups.get(item.path, str(item.path))))
    # What takes longest first; of that, what counts what the first run has left.
    items.sort(
        key=lambda item: (
            item.path.parent.name != "road",
            groups.get(item.path) != SHARED["shop"],
            item.path.stem != "test_a_run_is_written_down",
        )
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        shutil.rmtree(PARSED, ignore_errors=True)


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse whose embedded engines run for the whole session.

    Tests share it: each works in schemas of its own, or leaves it as it found it.
    """
    warehouse = Warehouse(tmp_path_factory.mktemp("warehouse"))
    try:
        warehouse.up()
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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, for what writes into it."""
    root = tmp_path / "project"
    for part in PARTS:
        source = environment.ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            root.mkdir(exist_ok=True)
            shutil.copy(source, root / part)
    return root
