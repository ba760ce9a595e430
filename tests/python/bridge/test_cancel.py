"""A query ends when its client goes away or somebody kills it."""

import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from bridge.bridge_process import Bridge, basic
from support import wait_for

ENDLESS = "SELECT count() FROM numbers(1000000000000)"


@pytest.mark.parametrize(
    "query",
    [
        ENDLESS,
        "SELECT * FROM numbers(1000000000000)",
        "INSERT INTO FUNCTION null('n UInt64') SELECT number FROM numbers(1000000000000)",
    ],
)
@pytest.mark.parametrize("session", [{}, {"session_id": "left"}])
def test_a_query_ends_with_its_client(server: Bridge, query: str, session: dict[str, str]) -> None:
    connection = server.connection()
    connection.request("POST", server.url(query_id="left", **session), query, basic())
    wait_for(lambda: "left" in server.running())
    connection.close()
    wait_for(lambda: "left" not in server.running())
    assert server.query("SELECT 1", **session) == "1\n"


def test_a_client_may_go_at_any_moment(server: Bridge) -> None:
    query = "SELECT * FROM numbers(100000000)"
    for number in range(100):
        connection = server.connection()
        connection.request("POST", server.url(query_id=f"moment-{number}"), query, basic())
        time.sleep(number / 10000)
        connection.close()
    wait_for(lambda: not any(name.startswith("moment") for name in server.running()))
    assert server.query("SELECT 1") == "1\n"
    assert "Traceback" not in server.log.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_clients_that_go_leave_no_pipe_behind(server: Bridge) -> None:
    before = _pipes(server)
    for number in range(50):
        connection = server.connection()
        query = "SELECT * FROM numbers(1000000000000)"
        connection.request("POST", server.url(query_id=f"pipe-{number}"), query, basic())
        with connection.getresponse() as response:
            response.read(1000)
        connection.close()
    wait_for(lambda: not any(name.startswith("pipe") for name in server.running()))
    wait_for(lambda: _pipes(server) == before)


def _pipes(server: Bridge) -> int:
    assert server.process
    found = 0
    for descriptor in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found += str(descriptor.readlink()).startswith("pipe:")
    return found


def test_a_query_is_killed_by_the_id_its_client_gave_it(server: Bridge) -> None:
    killed = server.launch_query(ENDLESS, "killed", log_comment="of a client's own")
    other = server.launch_query(ENDLESS, "other")
    server.query("KILL QUERY WHERE query_id = 'killed' SYNC")
    assert (killed.result() or "").startswith("Code: 394. DB::Exception: Query was cancelled.")
    assert "other" in server.running()
    server.query("KILL QUERY WHERE query_id = 'other' SYNC")
    assert (other.result() or "").startswith("Code: 394. ")


def test_an_id_is_used_once_at_a_time(server: Bridge) -> None:
    first = server.launch_query(ENDLESS, "once")
    assert server.post("SELECT 1", query_id="once").error == (500, 216)
    server.query("KILL QUERY WHERE query_id = 'once'")
    first.result()
    assert server.query("SELECT 1", query_id="once") == "1\n"


def test_a_time_limit_ends_a_query(server: Bridge) -> None:
    assert server.post(ENDLESS, max_execution_time=1).error == (408, 159)
