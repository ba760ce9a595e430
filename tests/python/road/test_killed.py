"""Any process of a run may die at any step: the next run ends with what an undisturbed one has."""

import contextlib
import shutil
import subprocess
import threading
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
    ("ClickHouse: hot sales", "dbt build"),
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
    # The victim may be done before it is hit: then it lives, and dies, again.
    for _ in range(5):
        if _dies(warehouse, step, victim):
            return
    raise AssertionError(f"{victim!r} always ends the step {step!r} before it can be killed")


def _dies(warehouse: Warehouse, step: str, victim: str) -> bool:
    run = subprocess.Popen(
        [PROGRAMS / "warehouse", "run", "--force"],
        env=warehouse.environ,
        cwd=environment.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.stdout is not None
    assert any(step in line for line in run.stdout), f"no step {step!r}"
    drain = threading.Thread(target=run.stdout.read)
    drain.start()
    hit = False
    while not hit and run.poll() is None:
        if found := _process(warehouse, victim):
            # It has begun its work.
            time.sleep(0.3)
            with contextlib.suppress(psutil.NoSuchProcess):
                kill(found)
                hit = True
    drain.join()
    return run.wait() != 0 and hit


def _process(warehouse: Warehouse, victim: str) -> psutil.Process | None:
    """The oldest process of this warehouse whose command line holds the victim's name."""
    for process in psutil.process_iter(["cmdline", "environ", "create_time"]):
        environ = process.info["environ"] or {}
        if environ.get("WAREHOUSE_HOME") != str(warehouse.home):
            continue
        if victim in " ".join(process.info["cmdline"] or []):
            return process
    return None
