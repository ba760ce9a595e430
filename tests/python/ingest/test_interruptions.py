"""A file is all in or all out, whatever happens in the middle of its load."""

import json
import signal
import subprocess
from collections.abc import Iterator

import psutil
import pytest
from ingest.half_loaded import ROWS, HalfLoaded, half_load
from ingest.ingestion import Ingestion
from support import PROGRAMS, wait_for


@pytest.fixture
def half_loaded(ingestion: Ingestion) -> Iterator[HalfLoaded]:
    with half_load(ingestion) as half_loaded:
        yield half_loaded


def rows(ingestion: Ingestion) -> int:
    return int(ingestion.query("select count(*) from raw.things")[0][0])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_target_leaves_nothing_behind(
    half_loaded: HalfLoaded, number: signal.Signals
) -> None:
    ingestion = half_loaded.ingestion
    half_loaded.target.send_signal(number)
    _, messages = half_loaded.target.communicate(timeout=60)
    assert half_loaded.target.returncode != 0
    assert "Traceback" not in messages
    assert (rows(ingestion), ingestion.log()) == (0, [])
    half_loaded.load_again()
    assert (rows(ingestion), ingestion.log()) == (ROWS, [("x.csv", "loaded", ROWS, ROWS, 0)])


def test_a_terminated_tap_does_not_pretend_to_be_done(ingestion: Ingestion) -> None:
    for number in range(1000):
        ingestion.write(f"{number}.csv", "a,b,c\n")
    # It stops in the middle, because nobody reads what it writes.
    tap = subprocess.Popen(
        [PROGRAMS / "tap-files", "--config", ingestion.tap_config()],
        env=ingestion.warehouse.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert tap.stdout
    tap.stdout.read(1)
    tap.terminate()
    tap.communicate(timeout=60)
    assert tap.returncode not in (0, -signal.SIGTERM)


def test_a_tap_that_is_stopped_and_goes_on_tells_all(ingestion: Ingestion) -> None:
    for number in range(1000):
        ingestion.write(f"{number}.csv", "a,b,c\n")
    # Programs in containers often run without buffers, in which Python loses what is interrupted.
    tap = subprocess.Popen(
        [PROGRAMS / "tap-files", "--config", ingestion.tap_config()],
        env={**ingestion.warehouse.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert tap.stdout
    written = tap.stdout.read(1)
    # It waits for a reader in the middle of a message that is longer than a pipe.
    process = psutil.Process(tap.pid)
    wait_for(lambda: process.status() == psutil.STATUS_SLEEPING)
    process.suspend()
    wait_for(lambda: process.status() == psutil.STATUS_STOPPED)
    process.resume()
    written += tap.stdout.read()
    assert tap.wait(timeout=60) == 0
    assert {json.loads(line)["type"] for line in written.splitlines()} >= {"SCHEMA", "STATE"}


def test_a_lost_connection_leaves_nothing_behind(half_loaded: HalfLoaded) -> None:
    ingestion = half_loaded.ingestion
    ingestion.query(
        "select pg_terminate_backend(pid) from pg_stat_progress_copy "
        "where datname = current_database()"
    )
    half_loaded.write_the_rest()
    _, messages = half_loaded.target.communicate(timeout=60)
    assert half_loaded.target.returncode == 1
    assert "PostgreSQL: " in messages
    assert "Traceback" not in messages
    assert (rows(ingestion), ingestion.log()) == (0, [])
    half_loaded.load_again()
    assert rows(ingestion) == ROWS


def test_two_loads_at_once_double_nothing(half_loaded: HalfLoaded) -> None:
    ingestion = half_loaded.ingestion
    second = half_loaded.start_target()
    try:
        # The second load waits for the first.
        wait_for(
            lambda: (
                ingestion.query(
                    "select from pg_stat_activity where wait_event = 'advisory' "
                    "and datname = current_database()"
                )
                != []
            )
        )
        half_loaded.write_the_rest()
        _, first_messages = half_loaded.target.communicate(timeout=60)
        _, second_messages = second.communicate(timeout=60)
    finally:
        second.kill()
        second.wait()
    assert (half_loaded.target.returncode, second.returncode) == (0, 0)
    assert "1 seen, 1 loaded, 0 unchanged" in first_messages
    assert "1 seen, 0 loaded, 1 unchanged" in second_messages
    assert (rows(ingestion), ingestion.log()) == (ROWS, [("x.csv", "loaded", ROWS, ROWS, 0)])


def test_a_killed_replacement_leaves_the_old_rows(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "a,b,c\n1,2,3\n")
    ingestion.load()
    with half_load(ingestion) as half_loaded:
        half_loaded.target.kill()
        half_loaded.target.wait()
        assert ingestion.things() == [("1", "2", "3")]
        half_loaded.load_again()
    assert [status for _, status, *_ in ingestion.log()] == ["replaced", "loaded"]
    assert rows(ingestion) == ROWS
