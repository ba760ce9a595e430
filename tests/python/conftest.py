"""Fixtures for all tests: warehouses with engines of their own, in folders of their own."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import PARSED, Warehouse
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from warehouse import environment

# What takes long to make is made once: the files of road/ whose tests ask for one of these fixtures
# run in one process.
SHARED = {
    ("shop", "online_retail"): (
        # First, as it counts what the first run has left.
        "test_a_run_is_written_down",
        *("test_anomalies", "test_archive_checks", "test_archive_repair", "test_archive_tampering"),
        *("test_backup", "test_connections", "test_front_door", "test_greenplum"),
        *("test_handing_over", "test_killed", "test_lake", "test_lineage", "test_metric"),
        *("test_metrics", "test_online_retail", "test_personal_data", "test_questions_over_years"),
        *("test_roles", "test_roles_on_clickhouse", "test_selection", "test_shop"),
        *("test_unit_tests", "test_what_is_new"),
    ),
    ("star",): ("test_cluster", "test_day_costs", "test_hot_months"),
}

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


class SharedScheduling(LoadFileScheduling):  # type: ignore[misc]
    """Hands out tests file by file, and files that share a warehouse at once."""

    def _split_scope(self, nodeid: str) -> str:
        path = Path(super()._split_scope(nodeid))
        if path.parent.name == "road":
            for fixtures, files in SHARED.items():
                if path.stem in files:
                    return " ".join(fixtures)
        return str(path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharedScheduling:
    return SharedScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with whole roads: the shorter the last files are, the sooner both processes end."""
    for item in items:
        for fixtures, files in SHARED.items():
            shared = set(fixtures).intersection(getattr(item, "fixturenames", ()))
            if shared and item.path.parent.name == "road" and item.path.stem not in files:
                raise pytest.UsageError(f"{item.nodeid} asks for what SHARED does not share")
    items.sort(key=lambda item: item.path.parent.name != "road")


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


def copy_project(root: Path) -> Path:
    """Make a copy of the project, for what writes into it, and return its folder."""
    for part in PARTS:
        source = environment.ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            root.mkdir(exist_ok=True)
            shutil.copy(source, root / part)
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project for one test."""
    return copy_project(tmp_path / "project")
