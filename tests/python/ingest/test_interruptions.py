"""A file is all in or all out, whatever happens in the middle of its load.

The middle is held fast: the target reads the file from a named pipe, into which the test writes
half of it and then waits until the server has seen rows.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from ingest.ingestion import Ingestion
from support import PROGRAMS, wait_for

ROWS = 100_000
CONTENT = b"a,b,c\n" + b"".join(b"%d,some text,some more\n" % number for number in range(ROWS))


class HalfLoaded:
    """A target in the middle of loading x.csv."""

    def __init__(self, ingestion: Ingestion) -> None:
        self.ingestion = ingestion
        self._path = ingestion.write("x.csv", CONTENT)
        self._messages = ingestion.messages()
        self._path.unlink()
        os.mkfifo(self._path)
        self.target = self.start_target()
        self._pipe = -1

    def begin(self) -> None:
        wait_for(self._is_open)
        os.set_blocking(self._pipe, True)
        os.write(self._pipe, CONTENT[: len(CONTENT) // 2])
        wait_for(lambda: self._rows_in_progress() > 0)

    def _is_open(self) -> bool:
        # To open a pipe that nobody reads would wait, or fail if it must not.
        with contextlib.suppress(OSError):
            self._pipe = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
        return self._pipe != -1

    def start_target(self) -> subprocess.Popen[str]:
        return self.ingestion.start_target(self._messages)

    def _rows_in_progress(self) -> int:
        found = self.ingestion.query(
            "select coalesce(max(tuples_processed), 0) from pg_stat_progress_copy "
            "where datname = current_database()"
        )
        return int(found[0][0])

    def write_the_rest(self) -> None:
        with contextlib.suppress(BrokenPipeError), os.fdopen(self._pipe, "wb") as pipe:
            pipe.write(CONTENT[len(CONTENT) // 2 :])
        self._pipe = -1

    def load_again(self) -> None:
        """Load the file itself."""
        self._path.unlink()
        self.ingestion.write("x.csv", CONTENT)
        self.ingestion.load()

    def close(self) -> None:
        self.target.kill()
        self.target.communicate()
        if self._pipe != -1:
            os.close(self._pipe)


@contextlib.contextmanager
def half_load(ingestion: Ingestion) -> Iterator[HalfLoaded]:
    half_loaded = HalfLoaded(ingestion)
    try:
        half_loaded.begin()
        yield half_loaded
    finally:
        half_loaded.close()


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
