"""Loads files side by side, and has them appear one after the other."""

import queue
import threading
from concurrent.futures import Future

from psycopg2.extensions import connection as Connection  # noqa: N812

from warehouse.ingest import load_log, tables
from warehouse.ingest.account import Account
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.load import Loader, Progress
from warehouse.ingest.manifest import SourceFile
from warehouse.ingest.session import new_session, session

# What became of a file; see `Loader.load`.
Outcome = Future[Account | None]


class Turn:
    """A file's place in the order of the files of its raw table, and its session.

    Attributes:
        connection: The session in which the file is loaded.
    """

    def __init__(self, connection: Connection, previous: Outcome | None) -> None:
        """Take the place behind the `previous` file of the same table."""
        self.connection = connection
        self.has_begun = threading.Event()
        self._previous = previous

    def draw_load_id(self) -> int:
        """Draw the id of the load, in the session that keeps other processes out.

        If that session is lost, so is this load: other processes may be loading by now.
        """
        with session() as connection, connection.cursor() as cursor:
            return load_log.next_load_id(cursor)

    def begun(self) -> None:
        """Let the next file begin: this one has its load id, and the table has its columns."""
        self.has_begun.set()

    def wait(self) -> None:
        """Wait until all earlier files of the table are loaded or refused.

        Raises:
            Exception: What has ended the load of an earlier one.
        """
        if self._previous is None:
            return
        error = self._previous.exception()
        if error is not None and not isinstance(error, RefusedFileError):
            raise error


class Crew:
    """Loads files side by side, each in a thread and a session of its own.

    The threads die with the process, and the server rolls back what they were at.
    """

    def __init__(self, size: int) -> None:
        """Have up to `size` files under way at a time."""
        # Sessions that are free; None is one that has not been needed yet.
        self._free: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
        for _ in range(size):
            self._free.put(None)
        self._last: dict[str, Outcome] = {}
        self._keeps_others_out = False

    def load(self, loader: Loader, file: SourceFile, progress: Progress) -> Outcome:
        """Begin to load a file, as soon as there is a free session."""
        if not self._keeps_others_out:
            tables.keep_other_loads_out(session())
            self._keeps_others_out = True
        connection = self._free.get() or new_session()
        turn = Turn(connection, self._last.get(loader.table.name))
        outcome: Outcome = Future()
        self._last[loader.table.name] = outcome
        threading.Thread(
            target=self._run, args=(loader, file, turn, progress, outcome), daemon=True
        ).start()
        turn.has_begun.wait()
        return outcome

    def _run(
        self,
        loader: Loader,
        file: SourceFile,
        turn: Turn,
        progress: Progress,
        outcome: Outcome,
    ) -> None:
        try:
            outcome.set_result(loader.load(file, turn, progress))
        except BaseException as error:
            outcome.set_exception(error)
        finally:
            turn.begun()
            self._free.put(turn.connection)
