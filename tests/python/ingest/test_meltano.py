"""The whole way of a load: `meltano run load`, as a user types it."""

import contextlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ingest.ingestion import Ingestion
from support import PROGRAMS, Warehouse, wait_for

FILES = {
    "sales_data": (
        "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n1,2024-01-01,P1,1,2,C1\n"
    ),
    "product_data": 'product_id,category,name,supplier,price\nP1,tools,"Nails, 5""",Acme,2\n',
    "customer_data": "customer_id,age,gender,city,registration_date\nC1,30,f,Bonn,2023-01-01\n",
}


@pytest.fixture
def shop(ingestion: Ingestion) -> Warehouse:
    """A warehouse that the files of a shop lie ready for."""
    for stream, content in FILES.items():
        ingestion.write(f"{stream}/2024-01-01.csv", content)
    return ingestion.warehouse.with_settings(
        WAREHOUSE_SOURCES="shop",
        SHOP_FILES=str(ingestion.folder),
        ONLINE_RETAIL_FILES=str(ingestion.scratch / "nothing"),
    )


def test_a_shop_is_loaded_once(shop: Warehouse, tmp_path: Path) -> None:
    first = shop.run("meltano", "run", "load", cwd=tmp_path)
    assert "sales_data: files: 1 seen, 1 loaded" in first.stderr
    assert "METRIC" not in first.stderr
    assert shop.query("select name from raw.product_data") == [('Nails, 5"',)]
    again = shop.run("warehouse", "ingest", cwd=tmp_path)
    assert "sales_data: files: 1 seen, 0 loaded, 1 unchanged" in again.stderr
    assert shop.query("select source_file, rows_loaded from raw._loads order by source_file") == [
        (f"shop/{stream}/2024-01-01.csv", 1) for stream in sorted(FILES)
    ]


def test_no_secret_is_written_down(shop: Warehouse) -> None:
    password = shop.setting("POSTGRES_PASSWORD")
    shown = shop.run("meltano", "--log-level=debug", "run", "load")
    assert password not in shown.stdout + shown.stderr
    folder = Path(shop.setting("MELTANO_SYS_DIR_ROOT"))
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if password.encode() in path.read_bytes()] == []


def test_a_source_system_without_files_is_told(shop: Warehouse) -> None:
    both = shop.with_settings(WAREHOUSE_SOURCES="shop, online_retail")
    done = both.run("warehouse", "ingest", check=False)
    assert done.returncode == 1
    assert (
        f"no files of the source system 'online_retail': looked in "
        f"{shop.setting('ONLINE_RETAIL_FILES')} for *.csv"
    ) in done.stderr
    assert "make sample" in done.stderr
    assert "Traceback" not in done.stderr


def test_meltano_adds_nothing_to_a_failure(shop: Warehouse, tmp_path: Path) -> None:
    file = Path(shop.setting("SHOP_FILES")) / "sales_data" / "2024-01-02.csv"
    file.write_text(FILES["sales_data"].replace(",", ";"))
    away = shop.with_settings(POSTGRES_HOST="127.0.0.1", POSTGRES_PORT="1")
    for warehouse, last in ((shop, "files not loaded: 1"), (away, "no connection to PostgreSQL")):
        done = warehouse.run("meltano", "run", "load", cwd=tmp_path, check=False)
        assert done.returncode == 1
        told = done.stderr.strip().splitlines()
        assert last in told[-1]
        assert [line for line in told[1:] if "] meltano" in line or not line[:1].isdigit()] == []


def test_an_unknown_source_system_is_told(shop: Warehouse) -> None:
    done = shop.with_settings(WAREHOUSE_SOURCES="shop,webshop").run(
        "meltano", "run", "load", check=False
    )
    assert done.returncode == 1
    assert (
        "WAREHOUSE_SOURCES is 'shop,webshop': "
        "it must be a comma-separated list of online_retail, shop"
    ) in done.stderr


def test_a_server_that_is_not_there_is_told(shop: Warehouse) -> None:
    away = shop.with_settings(POSTGRES_HOST="127.0.0.1", POSTGRES_PORT="1")
    done = away.run("meltano", "run", "load", check=False)
    assert done.returncode == 1
    assert "no connection to PostgreSQL at 127.0.0.1:1: " in done.stderr
    assert "Traceback" not in done.stderr
    unset = Warehouse(shop.home / "elsewhere", {"SHOP_FILES": shop.settings["SHOP_FILES"]})
    done = unset.run("meltano", "run", "load", check=False)
    assert done.returncode == 1
    assert "run 'make up'" in done.stderr


def test_a_load_starts_the_engines(
    shop: Warehouse, new_warehouse: Callable[..., Warehouse]
) -> None:
    here = new_warehouse(SHOP_FILES=shop.settings["SHOP_FILES"])
    here.run("warehouse", "ingest")
    assert here.query("select name from raw.product_data") == [('Nails, 5"',)]


def test_a_killed_run_is_finished_by_the_next(shop: Warehouse) -> None:
    with contextlib.closing(shop.connect()) as connection, connection.cursor() as cursor:
        # As another load does, so that the run stops before its first file.
        cursor.execute("select pg_advisory_lock(hashtextextended('warehouse:loading', 0))")
        meltano = subprocess.Popen(
            [PROGRAMS / "meltano", "run", "load"],
            env=shop.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(
                lambda: (
                    shop.query(
                        "select from pg_stat_activity where wait_event = 'advisory' "
                        "and datname = current_database()"
                    )
                    != []
                )
            )
        finally:
            meltano.kill()
            meltano.wait()
    shop.run("warehouse", "ingest")
    assert shop.query("select sale_id from raw.sales_data") == [("1",)]
    assert shop.query("select count(*) from raw._loads where status = 'loaded'") == [(3,)]


def test_the_jobs_of_the_day_and_the_month_are_there(shop: Warehouse) -> None:
    done = shop.run("meltano", "run", "--dry-run", "daily", "monthly")
    # The load and the build, and the archive: Meltano fails if it does not know one of them.
    assert "would have run block 3/3" in done.stderr
