"""The order of the files that are loaded at the same time."""

import threading
from concurrent.futures import Future

from psycopg2.extensions import connection as Connection  # noqa: N812

from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.raw import load_log
from warehouse.ingest.raw.account import Account
from warehouse.ingest.singer.session import session

# What became of a file; see `Loader.load`.
Outcome = Future[Account | None]


class Turn:
    """A file's place in the order of the files, and its session.

    Attributes:
        connection: The session in which the file is loaded.
    """

    def __init__(self, connection: Connection, previous: Outcome | None) -> None:
        """Take the place behind the `previous` file.

        It may be one of another table: a model may read several, and has one watermark.
        """
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
        """Wait until all earlier files are loaded or refused.

        Raises:
            Exception: What has ended the load of an earlier one.
        """
        if self._previous is None:
            return
        error = self._previous.exception()
        # An exception keeps all that its frames refer to, and so would a chain of refused files.
        self._previous = None
        if error is not None and not isinstance(error, RefusedFileError):
            raise error
