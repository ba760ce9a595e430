"""Databases for one test alone, on a Greenplum or on its stand-in."""

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from support import Warehouse


@contextmanager
def archive_of_its_own(warehouse: Warehouse) -> Iterator[Warehouse]:
    """The warehouse with a new and empty database for its archive, where that was; gone after."""
    database = f"warehouse_test_{uuid.uuid4().hex[:12]}"
    address = {
        name: warehouse.setting(name)
        for name in (f"GREENPLUM_{part}" for part in ("HOST", "PORT", "USER", "PASSWORD"))
    }
    with closing(warehouse.connect("GREENPLUM")) as connection, connection.cursor() as cursor:
        cursor.execute(f"create database {database}")
        try:
            yield warehouse.with_settings(**address, GREENPLUM_DATABASE=database)
        finally:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
                (database,),
            )
            cursor.execute(f"drop database {database}")


@contextmanager
def archive_of_parameter(
    request: pytest.FixtureRequest, warehouse: Warehouse
) -> Iterator[Warehouse]:
    """The warehouse with its archive where the fixture's parameter says: `stand-in` or `greenplum`.

    Without a Greenplum to test with, the test is skipped.
    """
    if request.param == "stand-in":
        yield warehouse
        return
    settings = request.getfixturevalue("greenplum_environment")
    warehouse.up()
    with archive_of_its_own(warehouse.with_settings(**settings)) as with_greenplum:
        yield with_greenplum
