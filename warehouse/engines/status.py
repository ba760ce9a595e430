"""What the three engines say of themselves."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

import psycopg2

from warehouse import environment, settings, terminal
from warehouse.engines import configuration, lifecycle
from warehouse.errors import UserError

_TIMEOUT_SECONDS = 5


@dataclass(frozen=True)
class Answer:
    """A server's version, and the size of what the warehouse has there, in bytes."""

    version: str
    size: int


def show() -> bool:
    """Print a table of the engines; returns whether all of them answer."""
    roles: list[tuple[str, str, Callable[[], tuple[str, Callable[[], Answer]]]]] = [
        ("POSTGRES", "raw data and star", _postgres),
        ("CLICKHOUSE", "serving", _clickhouse),
        ("GREENPLUM", "archive", _greenplum),
    ]
    embedded = configuration.embedded(configuration.users_settings())
    rows = []
    good = True
    for engine, role, find in roles:
        address, version, size = "", "", ""
        kind = "embedded" if embedded[engine] else "your own"
        try:
            address, ask = find()
            answer = ask()
            version, size, state = answer.version, terminal.size(answer.size), "answers"
        except (UserError, ConnectionError) as error:
            good = False
            state = str(error)
        rows.append((role, kind, address, version, size, state))
    terminal.table(("role", "server", "address", "version", "size", "state"), rows)
    terminal.say()
    home = environment.home()
    terminal.say(f"{home} takes {terminal.size(lifecycle.disk_use(home))} of disk")
    return good


def _postgres() -> tuple[str, Callable[[], Answer]]:
    where = settings.postgres()
    return _address(where), lambda: _ask_postgres(where)


def _greenplum() -> tuple[str, Callable[[], Answer]]:
    where = settings.greenplum()
    return _address(where), lambda: _ask_postgres(where)


def _clickhouse() -> tuple[str, Callable[[], Answer]]:
    where = settings.clickhouse()
    return f"{where.host}:{where.port}", lambda: _ask_clickhouse(where)


def _address(where: settings.PostgresSettings) -> str:
    return f"{where.host}:{where.port}/{where.database}"


def _ask_postgres(where: settings.PostgresSettings) -> Answer:
    try:
        connection = psycopg2.connect(**where.connection, connect_timeout=_TIMEOUT_SECONDS)
    except psycopg2.OperationalError as error:
        raise ConnectionError(_reason(str(error))) from error
    try:
        with connection.cursor() as cursor:
            cursor.execute("select version(), pg_database_size(current_database())")
            version, size = cursor.fetchone()
    finally:
        connection.close()
    return Answer(_product(version), size)


def _ask_clickhouse(where: settings.ClickHouseSettings) -> Answer:
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
        raise ConnectionError(_reason(str(error))) from error
    version, size = rows[0]
    return Answer(f"ClickHouse {version}", size or 0)


def _product(version: str) -> str:
    """Return `PostgreSQL 18.4` or `Greenplum 6.24.3` from what `select version()` says."""
    greenplum = re.search(r"\(Greenplum Database (\S+)", version)
    if greenplum:
        return f"Greenplum {greenplum[1]}"
    return " ".join(version.split()[:2])


def _reason(message: str) -> str:
    """Return what matters of a driver's long message."""
    system_error = re.search(r"\[Errno -?\d+\] ([\w ]+)", message)
    if system_error:
        return system_error[1]
    return message.strip().splitlines()[0].rpartition(" failed: ")[2]
