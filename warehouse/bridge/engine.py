"""The embedded ClickHouse engine: its files, its configuration, its handles.

A process holds one engine, and an engine one folder. Each handle on it is what a session is on a
server: it has a current database, settings and temporary tables of its own.
"""

import fcntl
import os
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import chdb

from warehouse.bridge import configuration
from warehouse.bridge.errors import ClickHouseError
from warehouse.bridge.quoting import quote
from warehouse.bridge.settings import BridgeSettings
from warehouse.errors import UserError

_DEFAULT_DATABASE = """\
ATTACH DATABASE default UUID '7d2b33a5-6a6c-4a54-8f5c-0d9d6f0a1c01'
ENGINE = Atomic
"""


class StatementClass(Enum):
    """What a statement does, by the engine's own parser."""

    READ = "READ_ONLY"
    WRITE = "MUTATING"
    WRITE_GLOBAL = "MUTATING_GLOBAL"
    CONTROL = "CONTROL"
    UNKNOWN = "UNKNOWN"


class Counters(NamedTuple):
    """Rows and bytes of a finished statement, and the seconds it took."""

    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    result_rows: int = 0
    result_bytes: int = 0
    elapsed: float = 0.0


class Insert:
    """An INSERT that takes its data piece by piece."""

    def __init__(self, inserter: Any) -> None:
        self._inserter = inserter

    def append(self, data: bytes) -> None:
        """Give the next piece of data, cut anywhere."""
        try:
            self._inserter.append(data)
        except RuntimeError as error:
            raise ClickHouseError.from_engine(str(error)) from None

    def finish(self) -> Counters:
        """Write what is left, and end the statement."""
        try:
            result = self._inserter.finish()
        except RuntimeError as error:
            raise ClickHouseError.from_engine(str(error)) from None
        return Counters(
            written_rows=result.rows_written,
            written_bytes=result.bytes_written,
            elapsed=result.elapsed,
        )

    def cancel(self) -> None:
        """Drop the data that has not been written; finishing would write it."""
        try:
            self._inserter.cancel()
        except RuntimeError as error:
            raise ClickHouseError.from_engine(str(error)) from None


class Handle:
    """A session with the engine; one statement at a time."""

    def __init__(self, connection_string: str) -> None:
        self._connection: Any = chdb.connect(connection_string)  # type: ignore[no-untyped-call]

    def query(
        self, sql: bytes | str, output_format: str = "TabSeparated"
    ) -> tuple[bytes, Counters]:
        """Run a statement and gather its result: for those with a small one, or none."""
        try:
            # The engine's text is bytes: a literal may hold what is no UTF-8.
            result = self._connection.query(sql, output_format)
        except RuntimeError as error:
            raise ClickHouseError.from_engine(str(error)) from None
        counters = Counters(
            read_rows=result.storage_rows_read(),
            read_bytes=result.storage_bytes_read(),
            written_rows=result.rows_written(),
            written_bytes=result.bytes_written(),
            result_rows=result.rows_read(),
            result_bytes=result.bytes_read(),
            elapsed=result.elapsed(),
        )
        return result.bytes(), counters

    def rows(self, sql: str) -> list[list[str]]:
        """Run a query for the bridge itself; values are as TabSeparatedRaw writes them."""
        data, _ = self.query(sql, "TabSeparatedRaw")
        return [line.split("\t") for line in data.decode().splitlines()]

    def insert(self, sql: bytes, input_format: str) -> Insert:
        """Begin an INSERT whose data is appended afterwards."""
        try:
            return Insert(self._connection.send_insert(sql, input_format))
        except RuntimeError as error:
            raise ClickHouseError.from_engine(str(error)) from None

    def classify(self, sql: bytes) -> StatementClass:
        """Tell what a statement would do, without running it."""
        found = self._connection._conn.classify_query(sql)
        return StatementClass(found["query_class"].name)

    def on_progress(self, callback: Callable[[dict[str, int]], None] | None) -> None:
        """Call back from the engine's threads while a statement runs, some ten times a second."""
        self._connection.set_progress_callback(callback)

    def close(self) -> None:
        """End the session; what it left in temporary tables goes with it."""
        self._connection.close()


class Engine:
    """The engine of one folder, from start to stop."""

    def __init__(self, settings: BridgeSettings) -> None:
        self._settings = settings
        self._lock: int | None = None
        self._anchor: Handle | None = None
        self.version = ""
        self.content_types: dict[str, str] = {}
        # Results that are asked for as a whole wait here; what a killed bridge left goes at start.
        self.scratch = settings.data / "scratch"
        # The one folder of BACKUP and RESTORE: Disk('backups', …).
        self.backups = settings.data / "backups"

    def start(self) -> None:
        """Take the folder and start the engine on it.

        Raises:
            UserError: If another bridge holds the folder, it cannot be used, or the engine does
                not start.
        """
        folder = self._settings.data
        if set("?&") & set(str(folder)):
            raise UserError(f"the data folder {folder} has a ? or & in its name: choose another")
        try:
            self.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.backups.mkdir(mode=0o700, exist_ok=True)
            # Definitions of databases on other servers hold those servers' passwords.
            folder.chmod(0o700)
            self._take_lock(folder / "lock")
            config = configuration.write(self._settings, self.backups)
            _make_room_for_default_database(folder / "engine")
            for left in self.scratch.iterdir():
                left.unlink()
        except OSError as error:
            raise UserError(f"cannot use the data folder {folder}: {error.strerror}") from error
        self._connection_string = f"{folder / 'engine'}?config-file={config}&log-level=error"
        try:
            # The engine lives as long as one handle does.
            self._anchor = self.connect()
            self.version = self._anchor.rows("SELECT version()")[0][0]
            formats = self._anchor.rows("SELECT lower(name), content_type FROM system.formats")
        except ClickHouseError as error:
            reason = " ".join(str(error).split())
            raise UserError(f"the engine does not start on {folder}: {reason}") from error
        self.content_types = {name: content_type for name, content_type in formats if content_type}

    def _take_lock(self, path: Path) -> None:
        self._lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"the data folder {path.parent} is in use by another bridge: "
                "stop that one, or set WAREHOUSE_BRIDGE_DATA"
            ) from None

    def connect(self) -> Handle:
        """Open a session."""
        try:
            return Handle(self._connection_string)
        except RuntimeError as error:
            raise ClickHouseError.from_engine(str(error)) from None

    def read_back(self, sql: bytes) -> bytes:
        """Write a statement anew, as the engine's own parser has understood it.

        Raises:
            ClickHouseError: It is none, or more than one.
        """
        text = quote(sql.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        handle = self.connect()
        try:
            handle.query(f"SET log_queries = 0, max_query_size = {len(text) + 1024}")
            written, _ = handle.query(
                b"SELECT formatQuerySingleLine(" + text + b")", "TabSeparatedRaw"
            )
        except ClickHouseError as error:
            # The rest tells of the query around it.
            message = str(error).partition(": In scope ")[0]
            raise ClickHouseError(error.code, error.name, message) from None
        finally:
            handle.close()
        return written.rstrip(b"\n")

    def kill(self, log_comment: str) -> None:
        """Ask the statements with this comment to stop; they do so at their next block."""
        handle = self.connect()
        try:
            handle.query(f"KILL QUERY WHERE Settings['log_comment'] = {quote(log_comment)} ASYNC")
        finally:
            handle.close()

    def close(self) -> None:
        """Stop the engine. All other handles must be closed."""
        if self._anchor:
            self._anchor.close()
            self._anchor = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _make_room_for_default_database(folder: Path) -> None:
    """Let the engine find an ordinary database `default` when it starts.

    The link in `metadata` is only a convenience, made anew at each start; but when it is there,
    the overlay takes the database's identity, and the engine ends at the second one.
    """
    metadata = folder / "metadata"
    metadata.mkdir(mode=0o700, parents=True, exist_ok=True)
    definition = metadata / "default.sql"
    if not definition.exists():
        # Not a moment half written: the engine would never start again.
        unfinished = folder / "default.sql"
        unfinished.write_text(_DEFAULT_DATABASE, encoding="utf-8")
        unfinished.replace(definition)
    (metadata / "default").unlink(missing_ok=True)
