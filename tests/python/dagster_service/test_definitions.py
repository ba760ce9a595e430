"""What Dagster runs is what the road says, and nothing of dbt's graph is left out of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import Warehouse

HERE = Path(__file__).parent


def _described(warehouse: Warehouse) -> Any:
    return json.loads(warehouse.run("python", HERE / "describe.py").stdout)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One whose manifest is written; no engine runs, and none is asked."""
    warehouse = Warehouse(
        tmp_path_factory.mktemp("graph"),
        {
            "POSTGRES_HOST": "127.0.0.1",
            "CLICKHOUSE_HOST": "127.0.0.1",
            "GREENPLUM_HOST": "127.0.0.1",
        },
    )
    warehouse.run("python", "-m", "orchestration.prepare")
    return warehouse


@pytest.fixture(scope="module")
def graph(warehouse: Warehouse) -> Any:
    return _described(warehouse)


def test_each_node_of_dbt_is_in_one_asset_or_check(graph: Any) -> None:
    built = {"model", "seed", "snapshot", "test"}
    nodes = [uid for uid, kind in graph["nodes"].items() if kind in built]
    assert sorted([*graph["assets"], *graph["checks"]]) == sorted(nodes)
    assert len(graph["checks"]) > 50


def test_each_test_hangs_at_what_it_speaks_of(graph: Any) -> None:
    checks = {uid.split(".")[2]: asset for uid, asset in graph["checks"].items()}
    assert checks["fct_sales_holds_every_current_line"] == "marts/fct_sales"
    assert checks["no_content_is_loaded_twice"] == "raw/_loads"
    assert checks["source_matches_load_log_shop_sales_data_"] == "raw/sales_data"
    assert checks["archive_is_as_it_was_written"] == "archive/historical_sales"
    assert checks["moments_are_read_strictly"] == "staging/stg_sale_lines"


def test_what_a_test_says_of_itself_is_shown(graph: Any) -> None:
    said = graph["said_of"]["no_sale_lies_in_the_future"]
    assert said.startswith("No sale is of a day that has not come. Warns")


def test_the_daily_job_is_the_daily_road(graph: Any) -> None:
    steps = graph["jobs"]["daily"]
    names = [name for name in steps if name != "copies__catalogue"]
    assert names == ["load", "postgres", "clickhouse", "greenplum"]
    assert "raw/sales_data" in steps["load"]
    for name, step in (("postgres", "star"), ("clickhouse", "hot"), ("greenplum", "history")):
        assert steps[name] == sorted(graph["built_by"][step])
        assert len(steps[name]) >= 7


def test_the_monthly_job_is_the_monthly_road_with_its_proof(graph: Any) -> None:
    steps = graph["jobs"]["monthly"]
    built = [uid for name, ids in steps.items() if name != "copies__parquet" for uid in ids]
    proof = "test.warehouse.archive_is_as_it_was_written"
    assert sorted(built) == sorted(
        {*graph["built_by"]["land"], *graph["built_by"]["archive"], proof}
    )
    at = {uid: place for place, ids in enumerate(steps.values()) for uid in ids}
    landed = at["model.warehouse.landing_sales"]
    archived = at["model.warehouse.historical_sales"]
    assert at["test.warehouse.no_archived_month_has_vanished"] == landed < archived
    assert archived <= at[proof] < at["copies/parquet"]


def test_the_backup_is_a_job_of_its_own(graph: Any) -> None:
    assert graph["jobs"]["backup"] == {"copies__backup": ["copies/backup"]}


def test_copies_have_the_columns_of_the_fact(graph: Any) -> None:
    assert graph["columns"]["serving/hot_sales"] > 12
    assert graph["columns"]["raw/sales_data"] > 5


def test_times_are_settings(graph: Any, warehouse: Warehouse) -> None:
    assert graph["schedules"] == {
        "daily": ["0 4 * * *", "UTC", "RUNNING"],
        "monthly": ["0 6 2 * *", "UTC", "RUNNING"],
        "backup": ["0 2 * * *", "UTC", "STOPPED"],
    }
    other = _described(
        warehouse.with_settings(
            WAREHOUSE_DAILY="30 5 * * *",
            WAREHOUSE_MONTHLY="off",
            WAREHOUSE_BACKUP="0 1 * * 7",
            WAREHOUSE_SCHEDULE_ZONE="Europe/Berlin",
        )
    )["schedules"]
    assert other["daily"] == ["30 5 * * *", "Europe/Berlin", "RUNNING"]
    assert other["backup"] == ["0 1 * * 7", "Europe/Berlin", "RUNNING"]
    assert other["monthly"][2] == "STOPPED"


def test_a_run_by_hand_imports_no_orchestrator() -> None:
    code = "import sys, warehouse.road.command; print('dagster' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
