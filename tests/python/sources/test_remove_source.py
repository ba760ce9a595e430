"""A source system that is not active stays as it is; one that is removed goes from everywhere."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from road.databases import archive_of_parameter
from support import PROGRAMS, Warehouse, kill, wait_for

from warehouse import environment

HEADER = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"
SALES = "select source_system, count(*), sum(quantity) from {} group by 1 order by 1"
PLACES = (("POSTGRES", "marts.fct_sales"), ("GREENPLUM", "archive.current_sales"))
SHOP, KIOSK = ("shop", 2, 3), ("kiosk", 3, 6)


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Iterator[Warehouse]:
    """The copied project with engines of its own, and a shop's files."""
    folder = tmp_path / "shop" / "sales_data"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text(
        HEADER + "S1,2026-01-05 10:00,P1,1,2.50,C1\nS2,2026-02-05 10:00,P1,2,2.50,C1\n"
    )
    settings = {"PYTHONPATH": str(project), "SHOP_FILES": str(folder.parent)}
    warehouse = Warehouse(tmp_path / "home", settings)
    warehouse.up()
    yield warehouse
    warehouse.run("warehouse", "down", check=False)


@pytest.fixture(params=["stand-in", "greenplum"])
def copy_with_archive(request: pytest.FixtureRequest, copy: Warehouse) -> Iterator[Warehouse]:
    """The same, with its archive on the stand-in and on a real Greenplum."""
    with archive_of_parameter(request, copy) as warehouse:
        yield warehouse


@pytest.mark.drill
def test_a_source_that_is_not_named_stays_and_one_that_is_removed_goes(
    copy_with_archive: Warehouse, project: Path, tmp_path: Path
) -> None:
    copy = copy_with_archive
    before = _declared(project)
    copy.run("warehouse", "run")
    file = tmp_path / "kiosk" / "k.csv"
    file.parent.mkdir()
    # Of a month that the shop has been archived with, and of one that it has not.
    file.write_text(
        "id,date,sku,qty,price\nK1,2026-01-06,P1,1,3.50\nK2,2026-01-07,P1,2,3.50\n"
        "K3,2026-03-07,P1,3,3.50\n"
    )
    copy.run("warehouse", "new-source", "kiosk", file)
    kiosk = copy.with_settings(WAREHOUSE_SOURCES="kiosk")
    kiosk.run("warehouse", "run")
    for engine, table in PLACES:
        assert copy.query(SALES.format(table), engine) == [KIOSK, SHOP]
    assert _versions(copy) == [("kiosk", 1, False, 3), ("shop", 1, False, 2)]

    refused = kiosk.run("warehouse", "remove-source", "kiosk", check=False)
    assert refused.returncode == 1
    assert "- raw.kiosk_sales: 3 rows\n" in refused.stdout
    assert "sales of 2 archived months are written as withdrawn" in refused.stdout
    assert "nothing was removed, as nobody can be asked here" in refused.stderr
    # Killed twice on its way, it goes on from where it was.
    kill_when(kiosk, lambda: "kiosk" not in (project / "meltano.yml").read_text())
    left = "select to_regclass('raw.kiosk_sales') is null"
    kill_when(kiosk, lambda: kiosk.query(left) == [(True,)])
    told = kiosk.run("warehouse", "remove-source", "kiosk", "--yes").stdout
    assert told.endswith("kiosk is taken out.\nTake kiosk out of WAREHOUSE_SOURCES in .env, too.\n")
    for engine, table in PLACES:
        assert copy.query(SALES.format(table), engine) == [SHOP]
    hot = copy.clickhouse().query(SALES.format("serving.hot_sales")).result_rows
    assert hot == [SHOP]
    assert _versions(copy) == [
        ("kiosk", 1, False, 3),
        ("kiosk", 2, True, 3),
        ("shop", 1, False, 2),
    ]
    assert copy.query("select to_regclass('raw.kiosk_sales')::text") == [(None,)]
    assert copy.query("select status from raw._loads order by load_id") == [
        ("loaded",),
        ("removed",),
    ]
    assert copy.query("select from pg_tables where tablename ~ 'kiosk'") == []
    assert _declared(project) == before
    assert file.exists()
    assert "Nothing of kiosk is left" in copy.run("warehouse", "remove-source", "kiosk").stdout


def test_a_source_that_came_out_wrong_is_taken_back(
    copy: Warehouse, project: Path, tmp_path: Path
) -> None:
    before = _declared(project)
    (tmp_path / "k.csv").write_text("id,date,sku,qty,price\nK1,2026-01-06,P1,1,3.50\n")
    copy.run("warehouse", "new-source", "kiosk", tmp_path / "k.csv")
    (project / "models/staging/kiosk/stg_kiosk__sale_lines.sql").write_text("{{ no such macro }}")
    copy.run("warehouse", "remove-source", "kiosk", "--yes")
    assert _declared(project) == before
    unknown = copy.run("warehouse", "remove-source", "kiosk", check=False)
    assert unknown.stderr == (
        "warehouse: there is no source system 'kiosk': meltano.yml has online_retail, shop\n"
    )


def kill_when(warehouse: Warehouse, is_so: Callable[[], bool]) -> None:
    """Begin to take the kiosk out, and die as soon as something is so."""
    removal = subprocess.Popen(
        [PROGRAMS / "warehouse", "remove-source", "kiosk", "--yes"],
        env=warehouse.environ,
        cwd=environment.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(is_so)
    kill(psutil.Process(removal.pid))
    removal.wait()


def _declared(project: Path) -> dict[Path, bytes]:
    """The files in which a source system is declared."""
    models = (project / "models" / "staging").rglob("*")
    files = (
        project / name for name in ("meltano.yml", "dbt_project.yml", "seeds/source_systems.csv")
    )
    return {path: path.read_bytes() for path in (*models, *files) if path.is_file()}


def _versions(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.query(
        "select source_system, version, is_withdrawn, count(*) from archive.historical_sales "
        "group by 1, 2, 3 order by 1, 2",
        "GREENPLUM",
    )
