"""A database of its own for each test of the ingestion, and a folder of files to load."""

import os
from collections.abc import Callable

import pytest
from ingest.ingestion import Ingestion
from support import Warehouse


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The embedded PostgreSQL, or another, such as an older one, if the environment names it."""
    prefix = "WAREHOUSE_TEST_"
    settings = {
        name.removeprefix(prefix): value
        for name, value in os.environ.items()
        if name.startswith(f"{prefix}POSTGRES_")
    }
    if not settings:
        embedded: Warehouse = request.getfixturevalue("engines")
        return embedded
    return Warehouse(tmp_path_factory.mktemp("warehouse"), settings)


@pytest.fixture(scope="session")
def new_ingestion(
    server: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Ingestion]:
    """Makes ingestions with an empty folder and an empty schema `raw` in the named database."""

    def make(database: str) -> Ingestion:
        if not server.query(f"select from pg_database where datname = '{database}'"):
            server.query(f"create database {database}")
        scratch = tmp_path_factory.mktemp("ingestion")
        (scratch / "files").mkdir()
        warehouse = server.with_settings(
            POSTGRES_DATABASE=database,
            WAREHOUSE_SOURCES="lab",
            MELTANO_SYS_DIR_ROOT=str(scratch / "meltano"),
        )
        warehouse.query("drop schema if exists raw cascade")
        return Ingestion(warehouse, scratch / "files", scratch)

    return make


@pytest.fixture
def ingestion(new_ingestion: Callable[[str], Ingestion]) -> Ingestion:
    """An ingestion with an empty folder and an empty schema `raw`."""
    return new_ingestion("ingest_each")
