"""A load that is held fast in the middle of a file.

The target reads the file from a named pipe, into which the test writes half of it and then waits
until the server has seen rows.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator

from ingest.ingestion import Ingestion
from support import wait_for

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
