"""A real Greenplum, where the environment names one, holds what the stand-in holds."""

import os
from collections.abc import Iterator

import psycopg2
import pytest
from road.conftest import Road
from road.contents import contents
from support import Warehouse


@pytest.fixture(scope="module")
def on_greenplum(shop: Road, greenplum_environment: dict[str, str]) -> Iterator[Warehouse]:
    """The shop's warehouse with Greenplum for its archive, in a database of its own."""
    server = psycopg2.connect(
        host=greenplum_environment["GREENPLUM_HOST"],
        port=greenplum_environment.get("GREENPLUM_PORT", "5432"),
        user=greenplum_environment["GREENPLUM_USER"],
        password=greenplum_environment.get("GREENPLUM_PASSWORD", ""),
        dbname=greenplum_environment["GREENPLUM_DATABASE"],
    )
    server.autocommit = True
    database = f"warehouse_test_{os.getpid()}"
    try:
        with server.cursor() as cursor:
            cursor.execute(f"create database {database}")
            settings = {**greenplum_environment, "GREENPLUM_DATABASE": database}
            yield shop.warehouse.with_settings(**settings)
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
                (database,),
            )
            cursor.execute(f"drop database {database}")
    finally:
        server.close()


def test_it_holds_what_the_stand_in_holds_also_after_a_second_run(
    shop: Road, on_greenplum: Warehouse
) -> None:
    expected = contents(shop.warehouse, "GREENPLUM")
    for _ in range(2):
        on_greenplum.run("warehouse", "archive")
        assert contents(on_greenplum, "GREENPLUM") == expected


def test_models_give_the_rows_worked_out_by_hand(on_greenplum: Warehouse) -> None:
    done = on_greenplum.run(
        *("dbt", "test", "--target", "greenplum"), *("--select", "test_type:unit,tag:greenplum")
    )
    assert "PASS category_forecasts::" in done.stdout


def test_it_is_greenplum_with_its_own_storage(on_greenplum: Warehouse) -> None:
    [(version,)] = on_greenplum.query("select version()", "GREENPLUM")
    assert "Greenplum" in version
    stored = on_greenplum.query(
        "select relstorage, array_to_string(reloptions, ' ') from pg_class "
        "where oid = 'archive.historical_sales'::regclass",
        "GREENPLUM",
    )
    assert stored[0][0] == "c"
    assert "compresstype=zstd" in stored[0][1]
    [(segments,)] = on_greenplum.query(
        "select count(distinct gp_segment_id) from archive.historical_sales", "GREENPLUM"
    )
    [(primaries,)] = on_greenplum.query(
        "select count(*) from gp_segment_configuration where content >= 0 and role = 'p'",
        "GREENPLUM",
    )
    assert segments == primaries
