"""Any process may die at any step of the road: the next run ends with what an undisturbed one has.

A load is killed in ingest/test_kills.py, and a refresh of the hot months in test_hot_months.py.
"""

import shutil
import subprocess
from pathlib import Path

import psutil
import pytest
from road.conftest import Road
from road.contents import contents
from support import PROGRAMS, Warehouse, kill

from warehouse import environment

# The command, the model at whose start something dies, and what: a part of its command line.
DEATHS = (
    ("run", "staging.stg_shop__sale_lines", "pginstall18/bin/postgres"),
    # What it had asked of the engine goes on without it.
    ("run", "marts.fct_sales", "warehouse run"),
    ("run", "`landing`.`landing_sales`", "warehouse run"),
    ("archive", "archive.historical_sales", "pginstall18/bin/postgres"),
)


@pytest.mark.drill
def test_killed_runs_are_mended_by_the_next_and_cleaned_away(shop: Road, tmp_path: Path) -> None:
    files = tmp_path / "files"
    shutil.copytree(shop.files, files)
    warehouse = Warehouse(tmp_path / "home", {"SHOP_FILES": str(files)})
    try:
        for command, model, victim in DEATHS:
            run_until_death(warehouse, command, model, victim)
        warehouse.run("warehouse", "run")
        assert contents(warehouse) == contents(shop.warehouse)
        warehouse.run("warehouse", "clean")
        assert not warehouse.home.exists()
    finally:
        warehouse.run("warehouse", "down", check=False)


def run_until_death(warehouse: Warehouse, command: str, model: str, victim: str) -> None:
    """Run a command, and kill a process as soon as the command begins with a model."""
    warehouse.up()
    run = subprocess.Popen(
        [PROGRAMS / "warehouse", command],
        env=warehouse.environ,
        cwd=environment.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.stdout is not None
    assert any("START sql" in line and f" {model} " in line for line in run.stdout), model
    kill(_process(warehouse, victim))
    # It is over when all that it had started is.
    run.stdout.read()
    assert run.wait() != 0, f"{victim!r} died at {model}, and nothing came of it"


def _process(warehouse: Warehouse, victim: str) -> psutil.Process:
    """The oldest process of this warehouse whose command line holds the victim's name."""
    for process in psutil.process_iter(["cmdline", "environ"]):
        environ = process.info["environ"] or {}
        if environ.get("WAREHOUSE_HOME") != str(warehouse.home):
            continue
        if victim in " ".join(process.info["cmdline"] or []):
            return process
    raise AssertionError(f"there is no {victim!r}")
