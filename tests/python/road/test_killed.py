"""Any process of a run may die at any step: the next run ends with what an undisturbed one has."""

import shutil
import subprocess
import time
from pathlib import Path

import psutil
from road.conftest import Road
from road.contents import contents
from support import PROGRAMS, Warehouse, kill

from warehouse import environment

# The step in which it dies, and what: a part of its command line.
DEATHS = (
    ("Load new files", "target-warehouse"),
    ("Load new files", "tap-files"),
    ("PostgreSQL: staging", "pginstall18/bin/postgres"),
    ("PostgreSQL: staging", "dbt build"),
    ("ClickHouse: hot sales", "warehouse.bridge"),
    ("ClickHouse: hand over", "dbt build"),
    ("Greenplum: archive", "pginstall18/bin/postgres"),
    ("Greenplum: archive", "warehouse run"),
)


def test_killed_runs_are_mended_by_the_next(shop: Road, tmp_path: Path) -> None:
    files = tmp_path / "files"
    shutil.copytree(shop.files, files)
    warehouse = Warehouse(tmp_path / "home", {"SHOP_FILES": str(files)})
    try:
        for step, victim in DEATHS:
            _run_until_death(warehouse, step, victim)
        warehouse.run("warehouse", "run")
        assert contents(warehouse) == contents(shop.warehouse)
    finally:
        warehouse.run("warehouse", "down", check=False)


def _run_until_death(warehouse: Warehouse, step: str, victim: str) -> None:
    run = subprocess.Popen(
        [PROGRAMS / "warehouse", "run"],
        env=warehouse.environ,
        cwd=environment.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.stdout is not None
    reached = False
    for line in run.stdout:
        reached = reached or step in line
        # Once the step has begun its work: dbt tells of each node, Meltano of each block.
        if reached and (found := _process(warehouse, victim)):
            time.sleep(0.3)
            kill(found)
            break
    else:
        raise AssertionError(f"no {victim!r} in the step {step!r}")
    for _ in run.stdout:
        pass
    assert run.wait() != 0, f"the run went well without {victim!r}"


def _process(warehouse: Warehouse, victim: str) -> psutil.Process | None:
    """The oldest process of this warehouse whose command line holds the victim's name."""
    for process in psutil.process_iter(["cmdline", "environ", "create_time"]):
        environ = process.info["environ"] or {}
        if environ.get("WAREHOUSE_HOME") != str(warehouse.home):
            continue
        if victim in " ".join(process.info["cmdline"] or []):
            return process
    return None
