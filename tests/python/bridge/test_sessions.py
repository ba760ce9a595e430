"""Sessions: what lasts between two requests that name the same one."""

import time
from typing import Any

import pytest
from bridge.bridge_process import Bridge
from support import wait_for


def test_tables_settings_and_database_last(server: Bridge) -> None:
    server.query("CREATE TEMPORARY TABLE basket AS SELECT 42 AS n", session_id="a")
    server.query("SET max_threads = 3", session_id="a")
    server.query("USE system", session_id="a")
    query = "SELECT n, getSetting('max_threads'), currentDatabase() FROM basket"
    assert server.query(query, session_id="a") == "42\t3\tsystem\n"
    assert server.post(query, session_id="b").error == (404, 60)
    assert server.post(query).error == (404, 60)


def test_parameters_of_a_request_do_not_last(server: Bridge) -> None:
    query = "SELECT getSetting('max_threads'), getSetting('session_timezone'), currentDatabase()"
    server.query("SET max_threads = 3", session_id="own")
    changed: dict[str, Any] = {
        "max_threads": 7,
        "session_timezone": "Asia/Tokyo",
        "database": "system",
    }
    assert server.query(query, session_id="own", **changed) == "7\tAsia/Tokyo\tsystem\n"
    assert server.post("SELECT nothing", session_id="own", **changed).error == (404, 47)
    assert server.query(query, session_id="own") == "3\t\tdefault\n"


def test_the_current_database_may_be_dropped(server: Bridge) -> None:
    server.query("CREATE DATABASE gone")
    server.query("USE gone", session_id="dropper")
    server.query("DROP DATABASE gone", session_id="dropper", database="default")
    assert server.query("SELECT 1", session_id="dropper", database="default") == "1\n"


def test_a_busy_session_is_refused_and_free_again_afterwards(server: Bridge) -> None:
    busy = server.launch_query("SELECT count() FROM numbers(1000000000000)", "busy", session_id="s")
    assert server.post("SELECT 1", session_id="s").error == (500, 373)
    assert server.query("SELECT 1", session_id="another") == "1\n"
    server.query("KILL QUERY WHERE query_id = 'busy'")
    assert "Code: 394." in (busy.result() or "")
    assert server.query("SELECT 1", session_id="s") == "1\n"


def test_a_session_is_free_as_soon_as_its_answer_is_there(server: Bridge) -> None:
    for number in range(200):
        assert server.query(f"SELECT {number}", session_id="quick", max_threads=1) == f"{number}\n"


def test_a_session_ends_with_its_timeout(server: Bridge) -> None:
    server.query("SELECT 1", session_id="short", session_timeout=1)
    check: dict[str, Any] = {"session_id": "short", "session_timeout": 1, "session_check": 1}
    assert server.query("SELECT 1", **check) == "1\n"
    time.sleep(1)
    wait_for(lambda: server.post("SELECT 1", **check).status == 500)
    assert server.post("SELECT 1", **check).error == (500, 372)


def test_a_session_can_be_closed(server: Bridge) -> None:
    server.query("SELECT 1", session_id="closed", close_session=1)
    assert server.post("SELECT 1", session_id="closed", session_check=1).error == (500, 372)


@pytest.mark.parametrize("timeout", ["3601", "long", "-1"])
def test_an_impossible_timeout_is_an_error(server: Bridge, timeout: str) -> None:
    assert server.post("SELECT 1", session_id="x", session_timeout=timeout).error == (500, 374)
