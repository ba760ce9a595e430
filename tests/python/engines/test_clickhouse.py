"""The embedded ClickHouse, started, stopped and killed as it happens to its users.

Its warehouses name a PostgreSQL and a Greenplum of their own, which are not there: they are not
started for them.
"""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import psutil
import pytest
from clickhouse_connect.driver.exceptions import ClickHouseError
from support import Warehouse, has_ended, kill, wait_for

MakeWarehouse = Callable[..., Warehouse]

NO_POSTGRES = {"POSTGRES_HOST": "127.0.0.1", "GREENPLUM_HOST": "127.0.0.1"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse that the tests below share, whatever they did to it; its path has a space."""
    warehouse = Warehouse(tmp_path_factory.mktemp("our shop"), NO_POSTGRES)
    yield warehouse
    warehouse.run("warehouse", "down")


@pytest.fixture
def running(shop: Warehouse) -> Warehouse:
    """The shared warehouse, running, with one committed row."""
    shop.run("warehouse", "up")
    client = shop.clickhouse()
    client.command("create database if not exists kept")
    client.command(
        "create or replace table kept.kept engine = MergeTree order by answer as select 42 answer"
    )
    return shop


def answer(warehouse: Warehouse) -> object:
    return warehouse.clickhouse().command("select answer from kept.kept")


def server(warehouse: Warehouse) -> psutil.Process:
    data = str(warehouse.home / "clickhouse")
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("WAREHOUSE_BRIDGE_DATA") == data:
                return process
    raise AssertionError("it does not run")


def test_down_stops_it_and_up_finds_the_data_again(running: Warehouse) -> None:
    before = server(running)
    assert "ClickHouse   stopped" in running.run("warehouse", "down").stdout
    assert has_ended(before)
    assert "ClickHouse   was not running" in running.run("warehouse", "down").stdout
    running.run("warehouse", "up")
    assert answer(running) == 42


def test_a_second_up_changes_nothing(running: Warehouse) -> None:
    before = server(running)
    running.run("warehouse", "up")
    assert server(running) == before


def test_committed_data_survive_a_killed_server(running: Warehouse) -> None:
    kill(server(running))
    running.run("warehouse", "up")
    assert answer(running) == 42


def test_it_asks_for_a_password(running: Warehouse) -> None:
    with pytest.raises(ClickHouseError, match="516"):
        running.with_settings(CLICKHOUSE_PASSWORD="guessed").clickhouse()  # noqa: S106


def test_a_lost_settings_file_does_not_lose_the_data(running: Warehouse) -> None:
    port = running.setting("CLICKHOUSE_PORT")
    (running.home / "engines.env").write_text(f"CLICKHOUSE_PORT={port}\n")
    running.run("warehouse", "up")
    assert answer(running) == 42


def test_two_warehouses_side_by_side(running: Warehouse, new_warehouse: MakeWarehouse) -> None:
    other = new_warehouse("other", **NO_POSTGRES)
    other.run("warehouse", "up")
    other.run("warehouse", "down")
    assert answer(running) == 42


def test_a_taken_port_is_named(running: Warehouse) -> None:
    running.run("warehouse", "down")
    port = int(running.setting("CLICKHOUSE_PORT"))
    with socket.create_server(("127.0.0.1", port)):
        refused = running.run("warehouse", "up", check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"warehouse: port {port} on 127.0.0.1 is taken by ")
    assert "set CLICKHOUSE_PORT in .env" in refused.stderr


# As a killed server with many threads: it counts as ended, and one of them has the port still.
ENDS_BEFORE_ITS_THREADS = """
import ctypes, socket, sys, threading, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
threading.Thread(target=time.sleep, args=(1.5,)).start()
print("listens", flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""


def test_a_port_is_waited_for_that_a_killed_server_has_still(running: Warehouse) -> None:
    running.run("warehouse", "down")
    port = running.setting("CLICKHOUSE_PORT")
    command = [sys.executable, "-c", ENDS_BEFORE_ITS_THREADS, port]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as killed:
        assert killed.stdout
        killed.stdout.readline()
        wait_for(lambda: has_ended(psutil.Process(killed.pid)))
        running.run("warehouse", "up")
    assert answer(running) == 42


def test_another_port_is_taken_up_after_a_stop(running: Warehouse) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    moved = running.with_settings(CLICKHOUSE_PORT=port)
    refused = moved.run("warehouse", "up", check=False)
    assert refused.returncode == 1
    assert f"CLICKHOUSE_PORT is {port}: run 'make down' first" in refused.stderr
    moved.run("warehouse", "down")
    moved.run("warehouse", "up")
    assert answer(moved) == 42


def test_a_server_that_cannot_start_says_why(new_warehouse: MakeWarehouse) -> None:
    warehouse = new_warehouse(**NO_POSTGRES)
    warehouse.home.mkdir()
    (warehouse.home / "clickhouse").write_text("a file where the data folder is to be")
    refused = warehouse.run("warehouse", "up", check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("warehouse: ClickHouse does not start: ")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="has one loopback address only")
def test_it_listens_where_it_is_told_to(new_warehouse: MakeWarehouse) -> None:
    warehouse = new_warehouse(WAREHOUSE_BRIDGE_LISTEN="127.0.0.2", **NO_POSTGRES)
    warehouse.run("warehouse", "up")
    assert warehouse.setting("CLICKHOUSE_HOST") == "127.0.0.2"
    assert warehouse.clickhouse().command("select 1") == 1
