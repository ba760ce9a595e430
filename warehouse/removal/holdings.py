"""What the three engines hold of a source system."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg2 import sql

from warehouse import project, queries
from warehouse.ingest.raw import load_log
from warehouse.ingest.raw.tables import keep_other_loads_out, prepare_session

# What tells of a source system on each engine: the sales first, then what came with them.
_TABLES = {
    "postgres": tuple(f"marts.{table}" for table in project.STAR.values()),
    "clickhouse": ("serving.hot_sales",),
    "greenplum": ("archive.current_sales",),
}

_STREAMS = """
    select stream, sum(rows_loaded) filter (where status = 'loaded')::bigint
    from raw._loads where split_part(source_file, '/', 1) = %s group by stream order by stream
"""
_SHARED_STREAM = """
    select exists (
        select from raw._loads
        where stream = %s and status = 'loaded' and split_part(source_file, '/', 1) <> %s
    )
"""
_ARCHIVED_MONTHS = """
    select count(distinct sale_month) from archive.current_sales where source_system = '{}'
"""


@dataclass(frozen=True)
class Holdings:
    """Rows of a source system.

    Attributes:
        raw: Rows of each raw table; nothing of a table whose rows are gone already.
        built: Rows of each table that is built of them.
        staging: Its staging tables.
        archived_months: How many months of it the archive has.
        is_known: Something was loaded of it once.
    """

    raw: dict[str, int] = field(default_factory=dict)
    built: dict[str, int] = field(default_factory=dict)
    staging: list[str] = field(default_factory=list)
    archived_months: int = 0
    is_known: bool = False

    @property
    def lines(self) -> list[str]:
        """What there is, for people."""
        raw = [f"raw.{stream}: {rows:,} rows" for stream, rows in self.raw.items()]
        return raw + [f"{table}: {rows:,} rows" for table, rows in self.built.items()]


def of(name: str) -> Holdings:
    """Count what there is of a source system.

    Raises:
        UserError: An engine does not answer.
    """
    streams: Sequence[Sequence[Any]] = []
    if queries.has_table("raw._loads", "postgres"):
        _, streams = queries.on_postgres(_STREAMS, parameters=(name,))
    built = {
        f"{engine} {table}": _count(table, engine, name)
        for engine, tables in _TABLES.items()
        for table in tables
    }
    months = 0
    if built["greenplum archive.current_sales"]:
        _, [[months]] = queries.run(_ARCHIVED_MONTHS.format(name), "greenplum")
    return Holdings(
        raw={stream: int(rows) for stream, rows in streams if rows is not None},
        built={table: rows for table, rows in built.items() if rows},
        staging=_staging_tables(name),
        archived_months=months,
        is_known=bool(streams),
    )


def remove_from_raw(name: str) -> None:
    """Take out the rows of a source system, with its rejects; the load log says so.

    Raises:
        UserError: PostgreSQL does not answer, or something of the user's depends on a raw table.
    """
    with queries.connected() as connection:
        prepare_session(connection)
        keep_other_loads_out(connection)
        with connection, connection.cursor() as cursor:
            cursor.execute(_STREAMS, (name,))
            for stream, _ in cursor.fetchall():
                table = sql.Identifier("raw", stream)
                cursor.execute(_SHARED_STREAM, (stream, name))
                if cursor.fetchone() == (False,):
                    cursor.execute(sql.SQL("drop table if exists {}").format(table))
                else:
                    statement = "delete from {} where split_part(_source_file, '/', 1) = %s"
                    cursor.execute(sql.SQL(statement).format(table), (name,))
            load_log.mark_removed(cursor, name)


def drop_staging(name: str) -> None:
    """Drop the staging tables of a source system that is no longer declared.

    Raises:
        UserError: PostgreSQL does not answer, or something depends on one of them.
    """
    tables = _staging_tables(name)
    with queries.connected() as connection, connection, connection.cursor() as cursor:
        for table in tables:
            place = sql.Identifier("staging", table)
            cursor.execute(sql.SQL("drop table if exists {}").format(place))
            cursor.execute(
                "delete from staging._model_versions where relation = %s", (f"staging.{table}",)
            )


def _staging_tables(name: str) -> list[str]:
    _, tables = queries.on_postgres(
        "select table_name from information_schema.tables "
        "where table_schema = 'staging' and table_name like %s order by table_name",
        parameters=(f"stg_{name}__%".replace("_", r"\_"),),
    )
    return [table for (table,) in tables]


def _count(table: str, engine: str, name: str) -> int:
    if not queries.has_table(table, engine):
        return 0
    _, [[rows]] = queries.run(
        f"select count(*) from {table} where source_system = '{name}'",  # noqa: S608 (a checked name)
        engine,
    )
    return int(rows)
