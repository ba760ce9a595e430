"""What the three engines say of themselves."""

import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass

import psycopg2

from warehouse import environment, settings, terminal
from warehouse.engines import configuration, lifecycle
from warehouse.engines.postgres import connection_error
from warehouse.settings import ClickHouseSettings, PostgresSettings

Where = PostgresSettings | ClickHouseSettings

_TIMEOUT_SECONDS = 5

_ROLES = {
    "POSTGRES": "PostgreSQL: raw data, star",
    "CLICKHOUSE": "ClickHouse: serving",
    "GREENPLUM": "Greenplum: archive",
}
_SETTINGS: dict[str, Callable[[], Where]] = {
    "POSTGRES": settings.postgres,
    "CLICKHOUSE": settings.clickhouse,
    "GREENPLUM": settings.greenplum,
}
_ANSWERS = "answers"
_REFUSED = "Connection refused"


@dataclass(frozen=True)
class Answer:
    """A server's version, and the size of what the warehouse has there, in bytes."""

    version: str
    size: int


def show() -> bool:
    """Print a table of the engines; returns whether all of them answer."""
    embedded = configuration.embedded(configuration.users_settings())
    rows = [_row(engine, embedded[engine]) for engine in environment.ENGINES]
    terminal.table(("role", "server", "address", "version", "size", "state"), rows)
    home = environment.home()
    if home.exists():
        terminal.say(f"\n{home} takes {terminal.size(lifecycle.disk_use(home))} of disk")
    return all(row[-1] == _ANSWERS for row in rows)


def _row(engine: str, is_embedded: bool) -> tuple[str, ...]:
    role = _ROLES[engine]
    server = "your own"
    if is_embedded:
        server = "stand-in" if engine == "GREENPLUM" else "embedded"
        if f"{engine}_HOST" not in os.environ:
            return role, server, "", "", "", "never started: 'make up' does it"
    where = _SETTINGS[engine]()
    try:
        answer = _ask(where)
    except ConnectionError as error:
        state = str(error)
        if is_embedded and state == _REFUSED:
            state = "stopped: 'make up' starts it"
        return role, server, _address(where), "", "", state
    return role, server, _address(where), answer.version, terminal.size(answer.size), _ANSWERS


def _address(where: Where) -> str:
    address = f"{where.host}:{where.port}"
    return address if isinstance(where, ClickHouseSettings) else f"{address}/{where.database}"


def _ask(where: Where) -> Answer:
    if isinstance(where, ClickHouseSettings):
        return _ask_clickhouse(where)
    return _ask_postgres(where)


def _ask_postgres(where: PostgresSettings) -> Answer:
    try:
        connection = psycopg2.connect(**where.connection, connect_timeout=_TIMEOUT_SECONDS)
    except psycopg2.OperationalError as error:
        raise ConnectionError(connection_error(error)) from error
    try:
        with connection.cursor() as cursor:
            cursor.execute("select version(), pg_database_size(current_database())")
            version, size = cursor.fetchone()
    finally:
        connection.close()
    return Answer(product(version), size)


def _ask_clickhouse(where: ClickHouseSettings) -> Answer:
    # Imported late, being slow to import. What it would log is said in the table.
    logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())
    import clickhouse_connect
    from clickhouse_connect.driver.exceptions import ClickHouseError

    try:
        client = clickhouse_connect.get_client(
            **where.connection, connect_timeout=_TIMEOUT_SECONDS, query_retries=0
        )
        with client:
            rows = client.query(
                "select version(), (select sum(bytes_on_disk) from system.parts where active)"
            ).result_rows
    except ClickHouseError as error:
        raise ConnectionError(_clickhouse_error(error)) from error
    version, size = rows[0]
    return Answer(f"ClickHouse {version}", size or 0)


def product(version: str) -> str:
    """Return `PostgreSQL 18.4` or `Greenplum 6.24.3` from what `select version()` says."""
    fork = re.search(r"\((?:Apache )?(Greenplum|Greengage|Cloudberry)(?: Database)? (\S+)", version)
    return f"{fork[1]} {fork[2]}" if fork else " ".join(version.split()[:2])


def _clickhouse_error(error: Exception) -> str:
    """Return why there is no connection, without the library's layers of causes."""
    system_error = re.search(r"\[Errno -?\d+\] ([\w ]+)", str(error))
    return system_error[1] if system_error else str(error).strip().splitlines()[0]
