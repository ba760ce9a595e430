"""A warehouse that an earlier state of the project has made is opened by this one, and is whole."""

import subprocess
from pathlib import Path

import pytest
from support import Warehouse

from warehouse import environment

# Before stores, birthdays and backups; a later one, once nobody has so old a warehouse.
FORMER = "1a1b08e246bd3794b903c170ef843bace5437886"

ARCHIVED = """
    select
        (select count(*) from archive.historical_sales),
        (select sum(quantity * unit_price) from archive.current_sales),
        (select chain_hash from archive.archive_ledger order by entry desc limit 1)
"""
HAS_STORES = "select to_regclass('marts.dim_store') is not null"
SALES = "select count(*), sum(quantity * unit_price) from marts.fct_sales"


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """The project as it was, of git's history."""
    root = tmp_path / "former"
    subprocess.run(
        ["git", "clone", "--quiet", "--shared", "--no-checkout", environment.ROOT, root], check=True
    )
    checkout = subprocess.run(
        ["git", "-C", root, "checkout", "--quiet", FORMER], check=False, capture_output=True
    )
    if checkout.returncode:
        pytest.skip(f"git's history here does not go back to {FORMER[:7]}: fetch all of it")
    return root


@pytest.mark.drill
def test_a_former_warehouse_is_opened(former: Path, tmp_path: Path) -> None:
    files = tmp_path / "files"
    today = Warehouse(tmp_path / "home", {"SHOP_FILES": str(files)})
    then = today.with_settings(PYTHONPATH=str(former))
    try:
        then.run("warehouse", "sample", "--rows", "3000", "--to", files, cwd=former)
        then.run("warehouse", "run", cwd=former)
        assert today.query(HAS_STORES) == [(False,)]
        sales = today.query(SALES)
        [(versions, revenue, head)] = today.query(ARCHIVED, "GREENPLUM")
        assert versions > 0

        today.run("warehouse", "run")
        assert today.query(HAS_STORES) == [(True,)]
        assert today.query(SALES) == sales
        # What was archived is as it was: a further version of a sale would correct nothing.
        today.run("warehouse", "verify-archive", "--head", head)
        assert today.query(ARCHIVED, "GREENPLUM")[0][:2] == (versions, revenue)

        # It goes on from there: a correction, a further archive, a proof.
        last = sorted((files / "sales_data").glob("*.csv"))[-1]
        header, line, *_ = last.read_text("utf-8").splitlines()
        sale, moment, product, _, *rest = line.split(",")
        corrected = ",".join([sale, moment, product, "7", *rest])
        later = last.with_name("sales_data_2099-01-01.csv")
        later.write_text(f"{header}\n{corrected}\n", "utf-8")
        today.run("warehouse", "ingest")
        today.run("warehouse", "build")
        today.run("warehouse", "archive")
        today.run("warehouse", "verify-archive", "--head", head)
        [(now, _, _)] = today.query(ARCHIVED, "GREENPLUM")
        assert now == versions + 1
    finally:
        today.run("warehouse", "down", check=False)
