"""The embedded ClickHouse engine: its files, its configuration, its handles.

A process holds one engine, and an engine one folder. Each handle on it is what a session is on a
server: it has a current database, settings and temporary tables of its own.
"""

import fcntl
import os
import re
from collections.abc import Callable
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import chdb

from warehouse.bridge.errors import ClickHouseError
from warehouse.bridge.settings import BridgeSettings
from warehouse.errors import UserError

# The engine puts an overlay over the local file system where a server has the database `default`.
# It is moved out of the way under this name, which the grants below hide.
_OVERLAY = "local_files"
_DEFAULT_DATABASE = """\
ATTACH DATABASE default UUID '7d2b33a5-6a6c-4a54-8f5c-0d9d6f0a1c01'
ENGINE = Atomic
"""

_SERVER_CONFIG = """\
<clickhouse>
    <users_config>{users}</users_config>
    <default_database>{overlay}</default_database>
    <max_server_memory_usage>{memory}</max_server_memory_usage>
    <timezone>UTC</timezone>
    <tcp_port>9000</tcp_port>
    <remote_servers>
        <default>
            <shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
        </default>
    </remote_servers>
    <query_log>
        <database>system</database>
        <table>query_log</table>
        <flush_interval_milliseconds>2000</flush_interval_milliseconds>
        <ttl>event_date + INTERVAL 7 DAY DELETE</ttl>
    </query_log>
    <storage_configuration>
        <disks><backups><type>local</type><path>{backups}/</path></backups></disks>
    </storage_configuration>
    <backups><allowed_disk>backups</allowed_disk></backups>
</clickhouse>
"""

# Blocks of a million rows, a server's default, hold several times their size while a table is
# filled: too much for a laptop.
_USERS_CONFIG = """\
<clickhouse>
    <profiles>
        <default>
            <implicit_select>0</implicit_select>
            <max_insert_block_size_bytes>33554432</max_insert_block_size_bytes>
            <min_insert_block_size_bytes>33554432</min_insert_block_size_bytes>
        </default>
    </profiles>
    <quotas>
        <default/>
    </quotas>
    <users>{users}
    </users>
</clickhouse>
"""

# The revoked rights would act on this machine's files with the rights of the bridge, end the
# engine, or take away the database that every handle begins with.
_USER = """
        <{name}>
            {authentication}
            <networks><ip>::/0</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
            <grants>
                <query>GRANT ALL ON *.*</query>
                <query>REVOKE FILE ON *.*</query>
                <query>REVOKE URL ON *.*</query>
                <query>REVOKE SQLITE ON *.*</query>
                <query>REVOKE SHUTDOWN ON *.*</query>
                <query>REVOKE ALL ON {overlay}.*</query>
                <query>REVOKE DROP DATABASE ON default.*</query>
            </grants>
        </{name}>"""
_ELEMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


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
            config = self._write_config(folder)
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

    def _write_config(self, folder: Path) -> Path:
        users, config = folder / "users.xml", folder / "config.xml"
        users.write_text(_USERS_CONFIG.format(users=self._users()), encoding="utf-8")
        config.write_text(
            _SERVER_CONFIG.format(
                users=escape(str(users)),
                overlay=_OVERLAY,
                memory=self._settings.memory,
                backups=escape(str(self.backups)),
            ),
            encoding="utf-8",
        )
        return config

    def _users(self) -> str:
        """Write down who may log in to the engine; who may enter is the bridge's to say.

        Its handles are always of `default`, without a password. The client's own name serves
        dictionaries and tables that log in to the engine again, from inside.
        """
        name = self._settings.user
        users = _USER.format(name="default", authentication="<no_password/>", overlay=_OVERLAY)
        if name != "default" and _ELEMENT_NAME.fullmatch(name):
            digest = sha256(self._settings.password.encode()).hexdigest()
            by_password = f"<password_sha256_hex>{digest}</password_sha256_hex>"
            users += _USER.format(name=name, authentication=by_password, overlay=_OVERLAY)
        return users

    def connect(self) -> Handle:
        """Open a session."""
        try:
            return Handle(self._connection_string)
        except RuntimeError as error:
            raise ClickHouseError.from_engine(str(error)) from None

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


def quote(value: str) -> str:
    """Write a string as an SQL literal."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quote_name(name: str) -> str:
    """Write a name as an SQL identifier."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


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
