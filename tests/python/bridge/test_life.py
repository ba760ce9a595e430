"""The bridge's start, its end and its restart, however it ended."""

import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from bridge.bridge_process import PASSWORD, Bridge
from support import wait_for

NewBridge = Callable[..., Bridge]


def test_committed_rows_are_there_after_a_kill(new_bridge: NewBridge) -> None:
    bridge = new_bridge()
    bridge.query("CREATE DATABASE shop")
    for database in ("default", "shop"):
        bridge.query(f"CREATE TABLE {database}.t ENGINE = MergeTree ORDER BY n AS SELECT 42 AS n")
    bridge.launch_query("INSERT INTO t SELECT number FROM numbers(1000000000000)")
    endless = "SELECT * FROM numbers(1000000000000)"
    bridge.launch_query(endless, "held", wait_end_of_query=1)
    scratch = bridge.data / "scratch"
    wait_for(lambda: list(scratch.iterdir()) != [])
    bridge.end(signal.SIGKILL)
    assert list(scratch.iterdir()) != []
    bridge.start()
    assert bridge.query("SELECT n FROM shop.t") == "42\n"
    assert bridge.query("SELECT count() > 0, countIf(n = 42) > 0 FROM default.t") == "1\t1\n"
    assert bridge.end() == 0
    bridge.start()
    assert bridge.query("SELECT n FROM shop.t") == "42\n"
    assert list(scratch.iterdir()) == []


def test_a_stop_lets_short_queries_end_and_ends_long_ones(new_bridge: NewBridge) -> None:
    bridge = new_bridge()
    short = bridge.launch_query("SELECT sleep(2)", query_id="short")
    long = bridge.launch_query("SELECT count() FROM numbers(1000000000000)", query_id="long")
    assert bridge.end() == 0
    assert short.result() == "0\n"
    assert long.result() is None
    assert "Traceback" not in bridge.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_bridge_stops_cleanly_with_clients_connected(
    new_bridge: NewBridge, number: signal.Signals
) -> None:
    bridge = new_bridge()
    client = bridge.client()
    assert client.command("SELECT 1") == 1
    assert bridge.end(number) == 0
    assert "Traceback" not in bridge.log.read_text()


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    bridge = Bridge(tmp_path / "clickhouse")
    with socket.create_server(("127.0.0.1", bridge.port)):
        message = bridge.refusal()
    assert message.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{bridge.port}: Address already in use" in message
    assert "CLICKHOUSE_PORT" in message


def test_a_folder_in_use_is_said_in_one_line(new_bridge: NewBridge) -> None:
    bridge = new_bridge()
    message = Bridge(bridge.data).refusal()
    assert message.count("\n") == 1
    assert f"{bridge.data} is in use by another bridge" in message
    assert bridge.answers()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAREHOUSE_BRIDGE_DATA", ""),
        ("WAREHOUSE_BRIDGE_DATA", "/dev/null/data"),
        ("WAREHOUSE_BRIDGE_DATA", "/tmp/what?"),  # noqa: S108
        ("CLICKHOUSE_PORT", ""),
        ("CLICKHOUSE_PORT", "http"),
        ("CLICKHOUSE_PORT", "65536"),
        ("WAREHOUSE_CLICKHOUSE_MEMORY", "much"),
        ("WAREHOUSE_CLICKHOUSE_MEMORY", "511M"),
        ("WAREHOUSE_BRIDGE_LISTEN", "192.0.2.1"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    message = Bridge(tmp_path / "clickhouse", {name: value}).refusal()
    assert message.count("\n") == 1
    assert name in message or value in message


def test_damaged_data_are_said_to_be_so(new_bridge: NewBridge) -> None:
    bridge = new_bridge()
    bridge.end()
    (bridge.data / "engine" / "metadata" / "default.sql").write_text("ATTACH DATABASE")
    # The engine itself says what is damaged, on a line before.
    *engines, last = bridge.refusal().splitlines()
    assert last.startswith(f"clickhouse bridge: the engine does not start on {bridge.data}: ")
    assert len(engines) == 1
    assert "metadata/default.sql" in engines[0]


def test_other_machines_are_not_let_in_without_a_password(tmp_path: Path) -> None:
    open_to_all = {"WAREHOUSE_BRIDGE_LISTEN": "0.0.0.0", "CLICKHOUSE_PASSWORD": ""}  # noqa: S104
    message = Bridge(tmp_path / "clickhouse", open_to_all).refusal()
    assert message.count("\n") == 1
    assert "set CLICKHOUSE_PASSWORD" in message


def test_it_listens_on_loopback_alone_unless_told_otherwise(
    new_bridge: NewBridge, tmp_path: Path
) -> None:
    bridge = new_bridge()
    assert _addresses(bridge) == {"127.0.0.1"}
    bridge.end()
    bridge.settings = {"WAREHOUSE_BRIDGE_LISTEN": "0.0.0.0"}  # noqa: S104
    bridge.start()
    assert _addresses(bridge) == {"0.0.0.0"}  # noqa: S104


def _addresses(bridge: Bridge) -> set[str]:
    assert bridge.process
    connections = psutil.Process(bridge.process.pid).net_connections()
    return {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN}


def test_nobody_else_on_the_machine_can_read_its_files(new_bridge: NewBridge) -> None:
    bridge = new_bridge()
    bridge.query("CREATE TABLE t ENGINE = MergeTree ORDER BY n AS SELECT 1 AS n")
    open_to_others = [
        path
        for path in (bridge.data, *bridge.data.rglob("*"))
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []


def test_the_password_stands_nowhere(new_bridge: NewBridge) -> None:
    bridge = new_bridge()
    bridge.query("SELECT 1")
    bridge.ask("GET", "/", query="SELECT 1", user="analyst", password=PASSWORD)
    bridge.ask("GET", "/", query="SELECT", user="analyst", password=PASSWORD)
    assert bridge.process
    assert PASSWORD not in " ".join(psutil.Process(bridge.process.pid).cmdline())
    bridge.end()
    files = [path for path in bridge.data.rglob("*") if path.is_file()]
    for path in (*files, bridge.log):
        assert PASSWORD.encode() not in path.read_bytes()


def test_it_keeps_to_the_memory_it_is_given(new_bridge: NewBridge) -> None:
    bridge = new_bridge(WAREHOUSE_CLICKHOUSE_MEMORY="0.6G")
    answer = bridge.post("SELECT groupArray(number) FROM numbers(300000000) FORMAT Null")
    assert answer.error == (500, 241)
    assert bridge.query("SELECT 1") == "1\n"


def test_times_are_in_utc_whatever_the_machine_has(new_bridge: NewBridge) -> None:
    bridge = new_bridge(TZ="America/New_York")
    answer = bridge.post("SELECT toDateTime(0), timezone()")
    assert answer.text == "1970-01-01 00:00:00\tUTC\n"
    assert answer.headers["X-ClickHouse-Timezone"] == "UTC"


def test_a_database_on_a_server_that_is_away_hinders_no_start(new_bridge: NewBridge) -> None:
    bridge = new_bridge()
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    bridge.query(f"CREATE DATABASE away ENGINE = PostgreSQL('127.0.0.1:{port}', 'd', 'u', 'p')")
    bridge.end()
    bridge.start()
    assert "away\n" in bridge.query("SHOW DATABASES")
    assert bridge.post("SELECT * FROM away.t").error == (500, 614)
