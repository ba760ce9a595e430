"""The story of a service: files come, a file is broken and mended, runs queue up, all is killed."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster_service.service import await_value, running
from runs.listeners import Hooks, web_server
from support import Warehouse

HOOK = "/hook/s3cret"
SETTLE_SECONDS = 10

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def web() -> Iterator[tuple[Hooks, dict[str, str]]]:
    with web_server() as server:
        yield server


@pytest.fixture(scope="module")
def warehouse(
    tmp_path_factory: pytest.TempPathFactory, web: tuple[Hooks, dict[str, str]]
) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("service")
    settings = {
        "SHOP_FILES": str(folder / "files"),
        "WAREHOUSE_DAILY": "off",
        "WAREHOUSE_MONTHLY": "off",
        "WAREHOUSE_SETTLE_SECONDS": str(SETTLE_SECONDS),
        **web[1],
    }
    warehouse = Warehouse(folder / "home", settings)
    warehouse.run("warehouse", "sample", "--rows", "500", "--to", folder / "files")
    try:
        yield warehouse
    finally:
        warehouse.run("warehouse", "down", check=False)


def _tag(run: dict[str, Any], key: str) -> str | None:
    return next((tag["value"] for tag in run["tags"] if tag["key"] == f"dagster/{key}"), None)


def test_files_runs_failures_and_messages(
    warehouse: Warehouse, web: tuple[Hooks, dict[str, str]], tmp_path: Path
) -> None:
    told = web[0].bodies[HOOK]
    sales = Path(warehouse.settings["SHOP_FILES"]) / "sales_data"
    with running(warehouse, tmp_path / "log") as (service, _):
        # Files lie there: the sensor starts the daily road.
        first = service.await_end(lambda run: run["jobName"] == "daily")
        assert first["status"] == "SUCCESS"
        assert _tag(first, "sensor_name") == "files_have_come"
        # While it loaded them they were new still, and have started no second one.
        assert len(service.runs()) == 1
        [[loaded]] = warehouse.query("select count(*) from marts.fct_sales")
        assert loaded > 400
        assert told == []

        # A file that somebody still writes is waited for; it is broken, and people hear of it.
        broken = sales / "sales_data_broken.csv"
        for _ in range(4):
            broken.write_text("name,address\nErika,Main Street\n", encoding="utf-8")
            time.sleep(SETTLE_SECONDS)
        written = time.time() - SETTLE_SECONDS
        second = service.await_end(lambda run: run["runId"] != first["runId"])
        assert second["status"] == "FAILURE"
        assert second["startTime"] >= written + SETTLE_SECONDS
        failed = await_value(lambda: told[0] if told else None)
        assert (failed["event"], failed["road"]) == ("failed", "daily")
        assert failed["link"] == f"{service.address}/runs/{second['runId']}"
        assert any("sales_data_broken.csv" in finding["text"] for finding in failed["findings"])

        # It is mended; two runs are asked for at once, and one waits for the other.
        broken.unlink()
        pair = [service.start("daily"), service.start("daily")]
        third, fourth = (service.await_run(run_id) for run_id in pair)
        assert third["status"] == fourth["status"] == "SUCCESS"
        earlier, later = sorted((third, fourth), key=lambda run: run["startTime"])
        assert later["startTime"] >= earlier["endTime"]
        again = await_value(lambda: told[1] if told[1:] else None)
        assert again["event"] == "well again"
        assert len(told) == 2


def test_what_may_pass_is_tried_again_and_a_failed_test_is_not(
    warehouse: Warehouse, web: tuple[Hooks, dict[str, str]], tmp_path: Path
) -> None:
    told = web[0].bodies[HOOK]
    before = len(told)
    with running(warehouse, tmp_path / "log") as (service, _):
        # The database drops the connection of dbt while it builds.
        cut = service.start("daily")
        await_value(lambda: _cut_connections_of_dbt(warehouse) or None)
        assert service.await_run(cut)["status"] == "SUCCESS"
        assert service.attempts(cut)["postgres"] == 2
        assert len(told) == before

        # A sale is lost on the way: a test sees it, and no repetition helps. It looks behind the
        # last build that passed; without one, at all days that this warehouse has had.
        warehouse.query("delete from staging._checked_builds")
        warehouse.query(
            "delete from marts.fct_sales where sale_id = (select min(sale_id) from marts.fct_sales)"
        )
        lost = service.start("daily")
        assert service.await_run(lost)["status"] == "FAILURE"
        assert service.attempts(lost)["postgres"] == 1
        failed = await_value(lambda: told[before] if told[before:] else None)
        tests = [each["text"] for each in failed["findings"]]
        assert "test fct_sales_holds_every_current_line: 1 rows" in tests

        warehouse.run("warehouse", "build", "--select", "fct_sales", "--full-refresh")
        assert service.await_run(service.start("daily"))["status"] == "SUCCESS"
        again = await_value(lambda: told[before + 1] if told[before + 1 :] else None)
        assert again["event"] == "well again"


def _cut_connections_of_dbt(warehouse: Warehouse) -> bool:
    """Cut those that are in the middle of something; return whether there were any."""
    return bool(
        warehouse.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dbt' "
            "and datname = current_database() and xact_start is not null"
        )
    )


def test_a_killed_service_is_told_and_goes_on(
    warehouse: Warehouse, web: tuple[Hooks, dict[str, str]], tmp_path: Path
) -> None:
    told = web[0].bodies[HOOK]
    before = len(told)
    with running(warehouse, tmp_path / "log") as (service, process):
        killed = service.start("monthly")
        await_value(
            lambda: next(
                (run for run in service.runs() if run["runId"] == killed and run["startTime"]), None
            )
        )
        os.killpg(process.pid, signal.SIGKILL)
    # Every minute now: of the times that were missed in the meantime one is caught up.
    every_minute = warehouse.with_settings(WAREHOUSE_MONTHLY="* * * * *")
    with running(every_minute, tmp_path / "log") as (service, _):
        ended = service.await_run(killed)
        assert ended["status"] == "FAILURE"
        failed = await_value(lambda: told[before] if told[before:] else None)
        assert (failed["event"], failed["road"]) == ("failed", "monthly")
        scheduled = service.await_end(lambda run: _tag(run, "schedule_name") is not None)
        assert scheduled["status"] == "SUCCESS"
        again = await_value(lambda: told[before + 1] if told[before + 1 :] else None)
        assert again["event"] == "well again"
    archived = warehouse.query("select count(*) from archive.current_sales", "GREENPLUM")
    assert archived[0][0] > 300
