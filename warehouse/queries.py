"""Runs a query on one of the three engines, by the name of its dbt target."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from warehouse import settings
from warehouse.errors import UserError
from warehouse.settings import ClickHouseSettings

Rows = tuple[Sequence[str], Sequence[Sequence[Any]]]


def run(query: str, engine: str, *, reporting: bool = False) -> Rows:
    """Return the names of a query's columns, and its rows.

    Args:
        query: What to ask.
        engine: Whom.
        reporting: On ClickHouse, as the user who may only read.

    Raises:
        UserError: The engine does not answer, or refuses the query.
    """
    if engine != "clickhouse":
        return on_postgres(query, engine)
    return _on_clickhouse(
        query, settings.clickhouse_reporting() if reporting else settings.clickhouse()
    )


def _on_clickhouse(query: str, server: ClickHouseSettings) -> Rows:
    import clickhouse_connect
    from clickhouse_connect.driver.exceptions import ClickHouseError

    try:
        with clickhouse_connect.get_client(**server.connection) as client:
            result = client.query(query)
            return result.column_names, result.result_rows
    except ClickHouseError as error:
        raise not_answered("clickhouse", str(error)) from error


def on_postgres(query: str, engine: str = "postgres", parameters: object = None) -> Rows:
    """Do so on PostgreSQL or Greenplum, with what stands for the placeholders of the query.

    Raises:
        UserError: As of `run`.
    """
    with connected(engine) as connection, connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [column.name for column in cursor.description], cursor.fetchall()


def execute(statement: str, engine: str) -> None:
    """Run a statement that has no rows to tell of, and see that it is kept.

    Raises:
        UserError: As of `run`.
    """
    if engine == "clickhouse":
        _on_clickhouse(statement, settings.clickhouse())
        return
    with connected(engine) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


def has_table(table: str, engine: str) -> bool:
    """Whether an engine has a table or view, named with its schema.

    Raises:
        UserError: As of `run`.
    """
    if engine == "clickhouse":
        # In a database that is not there it is an error to ask `exists table`.
        question = f"select count() from system.tables where database || '.' || name = '{table}'"  # noqa: S608 (a constant)
    else:
        question = f"select count(to_regclass('{table}'))"
    _, [[found]] = run(question, engine)
    return bool(found)


@contextmanager
def connected(engine: str = "postgres") -> Iterator[Any]:
    """A connection to PostgreSQL or Greenplum, for more than a query.

    Raises:
        UserError: As of `run`.
    """
    import psycopg2

    server = settings.greenplum() if engine == "greenplum" else settings.postgres()
    try:
        with closing(psycopg2.connect(**server.connection)) as connection:
            yield connection
    except psycopg2.Error as error:
        raise not_answered(engine, str(error)) from error


def not_answered(engine: str, reason: str) -> UserError:
    """The error for an engine that does not answer, or refuses; of the reason the first line."""
    first_line = reason.strip().splitlines()[0]
    return UserError(
        f"{engine} did not answer: {first_line} "
        "('make status' says whether it runs; 'make run' builds what is read there)"
    )
