"""The embedded PostgreSQL, started, stopped and killed as it happens to its users.

Warehouses that a test takes apart name a ClickHouse of their own, which is not there: it is not
started for them.
"""

import contextlib
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg2
import pytest
from support import PROGRAMS, Warehouse, another_program, has_ended, kill, wait_for

MakeWarehouse = Callable[..., Warehouse]


@pytest.fixture
def warehouse(new_warehouse: MakeWarehouse) -> Warehouse:
    """A warehouse that nothing has been done with, below a path with a space."""
    return new_warehouse("our shop", CLICKHOUSE_HOST="127.0.0.1")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse that the tests below share, whatever they did to it."""
    warehouse = Warehouse(tmp_path_factory.mktemp("our shop"), {"CLICKHOUSE_HOST": "127.0.0.1"})
    yield warehouse
    warehouse.run("warehouse", "down")


@pytest.fixture
def running(shop: Warehouse) -> Warehouse:
    """The shared warehouse, running, with one committed row."""
    shop.run("warehouse", "up")
    shop.query("drop table if exists kept")
    shop.query("create table kept as select 42 as answer")
    return shop


def server(warehouse: Warehouse) -> psutil.Process:
    lines = (warehouse.home / "postgres" / "postmaster.pid").read_text().splitlines()
    return psutil.Process(int(lines[0]))


def test_up_gives_two_databases_that_sort_alike_everywhere(engines: Warehouse) -> None:
    properties = (
        "select current_database(), pg_encoding_to_char(encoding), datlocprovider, datlocale, "
        "current_setting('TimeZone') from pg_database where datname = current_database()"
    )
    assert engines.query(properties) == [("warehouse", "UTF8", "b", "C.UTF-8", "UTC")]
    assert engines.query(properties, "GREENPLUM") == [("archive", "UTF8", "b", "C.UTF-8", "UTC")]


def test_it_is_durable_and_asks_for_a_password(engines: Warehouse) -> None:
    assert engines.query("show fsync") == [("on",)]
    assert engines.query("show synchronous_commit") == [("on",)]
    with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
        psycopg2.connect(
            host="127.0.0.1",
            port=engines.setting("POSTGRES_PORT"),
            user="warehouse",
            password="guessed",  # noqa: S106
            dbname="warehouse",
        )


def test_it_listens_on_the_loopback_address_alone(engines: Warehouse) -> None:
    listening = [
        connection.laddr.ip
        for connection in psutil.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
        and connection.laddr
        and connection.laddr.port == int(engines.setting("POSTGRES_PORT"))
    ]
    assert listening == ["127.0.0.1"]


def test_secrets_are_readable_by_their_owner_alone(engines: Warehouse) -> None:
    assert (engines.home / "engines.env").stat().st_mode & 0o777 == 0o600
    assert (engines.home / "postgres").stat().st_mode & 0o077 == 0
    assert engines.setting("POSTGRES_PASSWORD") not in "".join(
        path.read_text() for path in (engines.home / "logs").iterdir()
    )
    assert not (engines.home / "postgres.password").exists()


def test_a_second_up_changes_nothing(engines: Warehouse) -> None:
    before = server(engines)
    settings = (engines.home / "engines.env").read_bytes()
    engines.run("warehouse", "up")
    assert server(engines) == before
    assert (engines.home / "engines.env").read_bytes() == settings


def test_down_stops_it_and_up_finds_the_data_again(running: Warehouse) -> None:
    before = server(running)
    port = running.setting("POSTGRES_PORT")
    assert "PostgreSQL   stopped" in running.run("warehouse", "down").stdout
    assert has_ended(before)
    assert "PostgreSQL   was not running" in running.run("warehouse", "down").stdout
    running.run("warehouse", "up")
    assert running.setting("POSTGRES_PORT") == port
    assert running.query("select answer from kept") == [(42,)]


def test_down_where_nothing_was_ever_started(warehouse: Warehouse) -> None:
    assert "nothing runs" in warehouse.run("warehouse", "down").stdout
    assert not warehouse.home.exists()


def test_committed_data_survive_a_killed_server(running: Warehouse) -> None:
    kill(server(running))
    running.run("warehouse", "up")
    assert running.query("select answer from kept") == [(42,)]


def test_up_ends_what_a_killed_server_still_does(running: Warehouse) -> None:
    connection = running.connect()
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        cursor.execute("select pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
        # It never looks up from its work, so it does not notice that the server is gone.
        busy = pool.submit(cursor.execute, "select count(*) from generate_series(1, 1000000000000)")
        try:
            wait_for(lambda: backend.cpu_times().user > 0.1)
            kill(server(running))
            assert not has_ended(backend)
            running.run("warehouse", "up")
            assert has_ended(backend)
        finally:
            with contextlib.suppress(psutil.NoSuchProcess):
                backend.kill()
        with pytest.raises(psycopg2.Error):
            busy.result()
    assert running.query("select answer from kept") == [(42,)]


def interrupted_up(warehouse: Warehouse) -> list[psutil.Process]:
    """Kill an `up` while it makes the data folder; returns what it had started, held up."""
    up = subprocess.Popen([PROGRAMS / "warehouse", "up"], env=warehouse.environ)
    wait_for(lambda: (warehouse.home / "postgres.new" / "PG_VERSION").exists())
    [initdb] = psutil.Process(up.pid).children()
    initdb.suspend()
    up.kill()
    up.wait()
    assert not (warehouse.home / "postgres").exists()
    return [initdb, *initdb.children(recursive=True)]


def check_fresh(warehouse: Warehouse) -> None:
    assert warehouse.query("select 1") == [(1,)]
    assert not (warehouse.home / "postgres.new").exists()
    assert not (warehouse.home / "postgres.password").exists()


def test_up_recovers_from_having_been_killed_with_all_that_it_started(warehouse: Warehouse) -> None:
    for program in interrupted_up(warehouse):
        with contextlib.suppress(psutil.NoSuchProcess):
            program.kill()
    warehouse.run("warehouse", "up")
    check_fresh(warehouse)


def test_up_waits_for_what_a_killed_one_has_left_at_work(warehouse: Warehouse) -> None:
    initdb = interrupted_up(warehouse)[0]
    with subprocess.Popen(
        [PROGRAMS / "warehouse", "up"], env=warehouse.environ, stdout=subprocess.PIPE, text=True
    ) as up:
        assert up.stdout is not None
        first_line = up.stdout.readline()
        initdb.resume()
        up.communicate()
    assert "waiting for another" in first_line
    assert up.returncode == 0
    check_fresh(warehouse)


def test_two_ups_at_once_start_one_server(warehouse: Warehouse) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: warehouse.run("warehouse", "up"), range(2)))
    assert warehouse.query("select 1") == [(1,)]
    log = (warehouse.home / "logs" / "postgres.log").read_text()
    assert log.count("starting PostgreSQL") == 1


def test_a_process_id_that_belongs_to_another_program_by_now(running: Warehouse) -> None:
    pid_file = running.home / "postgres" / "postmaster.pid"
    old = pid_file.read_text().splitlines()
    kill(server(running))
    with another_program((running.home / "postgres").stat().st_uid) as program:
        pid_file.write_text("\n".join([str(program.pid), *old[1:]]))
        assert "PostgreSQL   was not running" in running.run("warehouse", "down").stdout
        assert running.run("warehouse", "status", check=False).returncode == 1
        running.run("warehouse", "up")
        assert program.is_running()
    assert running.query("select answer from kept") == [(42,)]


def test_a_taken_port_is_named_with_its_owner(running: Warehouse) -> None:
    running.run("warehouse", "down")
    port = int(running.setting("POSTGRES_PORT"))
    with socket.create_server(("127.0.0.1", port)):
        refused = running.run("warehouse", "up", check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"warehouse: port {port} on 127.0.0.1 is taken by the process")
    assert str(psutil.Process().pid) in refused.stderr
    assert "set POSTGRES_PORT in .env" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    running.run("warehouse", "up")


def test_another_port_is_taken_up_after_a_stop(running: Warehouse) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    moved = running.with_settings(POSTGRES_PORT=port)
    refused = moved.run("warehouse", "up", check=False)
    assert refused.returncode == 1
    assert f"POSTGRES_PORT is {port}: run 'make down' first" in refused.stderr
    assert running.query("select answer from kept") == [(42,)]
    moved.run("warehouse", "down")
    moved.run("warehouse", "up")
    assert moved.query("select inet_server_port()") == [(int(port),)]
    # It is kept: from then on it need not be said again.
    assert running.query("select answer from kept") == [(42,)]


def test_two_warehouses_side_by_side(running: Warehouse, warehouse: Warehouse) -> None:
    warehouse.run("warehouse", "up")
    warehouse.query("create table mine as select 'other' as name")
    running.run("warehouse", "down")
    assert warehouse.query("select name from mine") == [("other",)]
    running.run("warehouse", "up")
    assert running.query("select answer from kept") == [(42,)]


def test_a_lost_settings_file_does_not_lose_the_data(running: Warehouse) -> None:
    password = running.setting("POSTGRES_PASSWORD")
    running.run("warehouse", "down")
    (running.home / "engines.env").unlink()
    running.run("warehouse", "up")
    assert running.setting("POSTGRES_PASSWORD") != password
    assert running.query("select answer from kept") == [(42,)]


def test_settings_of_the_users_own_win(running: Warehouse) -> None:
    running.query("alter system set work_mem = '7MB'")
    running.run("warehouse", "down")
    running.run("warehouse", "up")
    assert running.query("show work_mem") == [("7MB",)]
    running.query("alter system reset work_mem")


@pytest.mark.parametrize("setting", ["POSTGRES_PASSWORD", "GREENPLUM_DATABASE"])
def test_half_a_server_of_ones_own_is_refused(warehouse: Warehouse, setting: str) -> None:
    refused = warehouse.with_settings(**{setting: "mine"}).run("warehouse", "up", check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"warehouse: {setting} is set but ")
    assert len(refused.stderr.splitlines()) == 1
    assert not (warehouse.home / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(warehouse: Warehouse, port: str) -> None:
    refused = warehouse.with_settings(POSTGRES_PORT=port).run("warehouse", "up", check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"warehouse: POSTGRES_PORT is '{port}': ")


def test_clean_deletes_what_was_made_and_nothing_else(warehouse: Warehouse, tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "sales_data").mkdir(parents=True)
    (files / "sales_data" / "1.csv").write_text(
        "sale_id,sold_at,product_id,quantity,unit_price,customer_id\nS1,2026-03-01,P1,1,2.50,C1\n"
    )
    warehouse = warehouse.with_settings(SHOP_FILES=str(files))
    warehouse.run("warehouse", "up")
    warehouse.run("warehouse", "ingest")
    warehouse.query("create table kept as select 42 as answer")
    of_the_user = warehouse.home / "notes.txt"
    of_the_user.write_text("mine")
    before = server(warehouse)
    warehouse.run("warehouse", "clean")
    assert has_ended(before)
    assert list(warehouse.home.iterdir()) == [of_the_user]
    of_the_user.unlink()
    warehouse.run("warehouse", "clean")
    assert not warehouse.home.exists()
    warehouse.run("warehouse", "up")
    assert warehouse.query("select to_regclass('kept')") == [(None,)]
    # The files are there, and nothing remembers that they were loaded once.
    warehouse.run("warehouse", "ingest")
    assert warehouse.query("select sale_id from raw.sales_data") == [("S1",)]


def test_an_interrupted_up_ends_without_a_traceback(warehouse: Warehouse) -> None:
    up = subprocess.Popen(
        [PROGRAMS / "warehouse", "up"],
        env=warehouse.environ,
        stderr=subprocess.PIPE,
        text=True,
        # Background jobs of a shell ignore it, and so would their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_for(lambda: (warehouse.home / "postgres.new").exists())
    up.send_signal(signal.SIGINT)
    _, errors = up.communicate(timeout=60)
    assert up.returncode == 130
    assert errors.strip() == ""
    warehouse.run("warehouse", "up")


def test_the_log_is_not_lost_when_it_grows(running: Warehouse, tmp_path: Path) -> None:
    running.run("warehouse", "down")
    log = running.home / "logs" / "postgres.log"
    with log.open("ab") as file:
        file.truncate(30_000_000)
    running.run("warehouse", "up")
    assert log.stat().st_size < 1_000_000
    assert (running.home / "logs" / "postgres.log.old").stat().st_size == 30_000_000
