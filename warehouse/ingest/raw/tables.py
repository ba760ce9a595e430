"""The schema `raw`: tables of text as it came, with where each row came from."""

import logging
from collections.abc import Iterable, Sequence

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest.raw import load_log, register

logger = logging.getLogger("warehouse.ingest")

SCHEMA = "raw"

# Numbers the lines of a file while COPY reads it. A temporary sequence is the session's own, and
# nextval is the one volatile default with which COPY still writes many rows at a time.
LINE_SEQUENCE = "warehouse_source_line"

# Settings of the session, which the defaults of the raw tables read.
SOURCE_FILE_SETTING = "warehouse.source_file"
LOAD_ID_SETTING = "warehouse.load_id"

# Advisory locks: on the making of tables, on loading as such, and on the files under way.
_TABLES = "warehouse:raw"
_LOADING = "warehouse:loading"
_UNDER_WAY = "warehouse:loading:file"
_KEY = "hashtextextended(%s, 0)"


def prepare_session(connection: Connection) -> None:
    """Create the load log if need be, and the session's line sequence."""
    with connection, connection.cursor() as cursor:
        _lock(cursor, _TABLES)
        # `if not exists` asks for the right to make one even where it is there.
        cursor.execute("select to_regnamespace(%s)", (SCHEMA,))
        if cursor.fetchone() == (None,):
            cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(SCHEMA)))
        if not _exists(cursor, sql.Identifier(SCHEMA, "_loads")):
            cursor.execute(load_log.DDL)
        elif not _has_column(cursor, "_loads", "identity"):
            cursor.execute(load_log.UPGRADE)
        cursor.execute(register.DDL)
        if not _has_column(cursor, "_erased_customers", "is_as_spelled"):
            cursor.execute(register.UPGRADE)
        cursor.execute(f"create temp sequence {LINE_SEQUENCE} cache 10000")


def keep_other_loads_out(connection: Connection) -> None:
    """Wait until no other process loads, and keep others waiting while the session lasts.

    Load ids are drawn and files appear in one order, so that whoever reads only what is above the
    highest id that he has seen misses nothing. Within a process its turns keep that order; this
    keeps it between processes.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_try_advisory_lock({_KEY})", (_LOADING,))
        if cursor.fetchone() == (False,):
            logger.info("another load is running: waiting for its end")
            cursor.execute(f"select pg_advisory_lock({_KEY})", (_LOADING,))
    # A process that has lost that lock with its connection may have files under way still. It
    # begins no other one, since it draws their ids in the session that is lost.
    with connection, connection.cursor() as cursor:
        _lock(cursor, _UNDER_WAY)


def set_load(cursor: Cursor, load_id: int, source_file: str) -> None:
    """Name the load and the file of the rows that the transaction will copy."""
    cursor.execute(
        "select set_config(%s, %s, true), set_config(%s, %s, true)",
        (SOURCE_FILE_SETTING, source_file, LOAD_ID_SETTING, str(load_id)),
    )


class RawTable:
    """The raw table of a stream.

    Attributes:
        name: Its name, which is the stream's.
        declared: The columns that the stream is declared with. Files may have added others.
        required: Those of them that every file should have.
        identifier: Its name for SQL.
    """

    def __init__(
        self, name: str, declared: Sequence[str], required: Sequence[str] | None = None
    ) -> None:
        """Name the table; nothing is created yet."""
        self.name = name
        self.declared = tuple(declared)
        self.required = self.declared if required is None else tuple(required)
        self.identifier = sql.Identifier(SCHEMA, name)

    def ensure(self, cursor: Cursor) -> bool:
        """Create the table, or the declared columns that it lacks.

        If the table has been dropped or emptied behind the load log, the log is set right, so
        that the files are loaded again.

        Returns:
            Whether that was so.
        """
        _lock(cursor, _TABLES)
        if not _exists(cursor, self.identifier):
            self._create(cursor)
        self.add_missing_columns(cursor, self.declared)
        cursor.execute(
            sql.SQL(
                "select exists (select from raw._loads where stream = %s and status = 'loaded' "
                "and rows_loaded > 0) and not exists (select from {})"
            ).format(self.identifier),
            (self.name,),
        )
        was_emptied = bool(cursor.fetchone() == (True,))
        if was_emptied:
            load_log.mark_lost(cursor, self.name)
        return was_emptied

    def _create(self, cursor: Cursor) -> None:
        # A load's rows lie together, so a block range index finds them: it stays tiny through
        # years of history and costs a load next to nothing, where a B-tree costs half as much
        # again as the COPY itself.
        statement = sql.SQL(
            """
            create table {table} (
                {columns},
                _source_file text not null default current_setting({source_file}),
                _source_line bigint not null default nextval({line_sequence}::text::regclass),
                _load_id bigint not null default current_setting({load_id})::bigint,
                _loaded_at timestamptz not null default now()
            );
            create index on {table}
                using brin (_load_id) with (pages_per_range = 32, autosummarize = on);
            """
        ).format(
            table=self.identifier,
            columns=sql.SQL(", ").join(
                sql.SQL("{} text").format(sql.Identifier(column)) for column in self.declared
            ),
            source_file=sql.Literal(SOURCE_FILE_SETTING),
            line_sequence=sql.Literal(LINE_SEQUENCE),
            load_id=sql.Literal(LOAD_ID_SETTING),
        )
        cursor.execute(statement)

    def columns(self, cursor: Cursor) -> list[str]:
        """The columns that hold what stands in the files."""
        # Asked three times a file: the information schema takes five times as long.
        cursor.execute(
            "select attname from pg_catalog.pg_attribute "
            "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
            (self.identifier.as_string(cursor),),
        )
        return [name for (name,) in cursor.fetchall() if not name.startswith("_")]

    def add_missing_columns(self, cursor: Cursor, columns: Iterable[str]) -> None:
        """Add columns of text that the table lacks; the rows that are there have null in them."""
        existing = self.columns(cursor)
        for column in columns:
            if column not in existing:
                cursor.execute(
                    sql.SQL("alter table {} add column {} text").format(
                        self.identifier, sql.Identifier(column)
                    )
                )

    def lock(self, cursor: Cursor) -> None:
        """Lock the table for a load, to the end of the transaction."""
        _lock(cursor, _UNDER_WAY, shared=True)
        # A COPY that is rolled back to a savepoint gives its own lock back. The new column of a
        # later file could then get in, and that file waits for this one.
        cursor.execute(sql.SQL("lock table {} in row exclusive mode").format(self.identifier))

    def delete_load(self, cursor: Cursor, load_id: int) -> None:
        """Delete the rows of a load."""
        cursor.execute(
            sql.SQL("delete from {} where _load_id = %s").format(self.identifier), (load_id,)
        )


def raw_tables(cursor: Cursor) -> list[str]:
    """The names of the raw tables that are there."""
    cursor.execute(
        r"select table_name from information_schema.tables "
        r"where table_schema = %s and table_name not like '\_%%' order by table_name",
        (SCHEMA,),
    )
    return [name for (name,) in cursor.fetchall()]


def _exists(cursor: Cursor, table: sql.Identifier) -> bool:
    cursor.execute("select to_regclass(%s) is not null", (table.as_string(cursor),))
    return cursor.fetchone() == (True,)


def _has_column(cursor: Cursor, table: str, column: str) -> bool:
    cursor.execute(
        "select exists (select from information_schema.columns "
        "where table_schema = %s and table_name = %s and column_name = %s)",
        (SCHEMA, table, column),
    )
    return cursor.fetchone() == (True,)


def _lock(cursor: Cursor, name: str, *, shared: bool = False) -> None:
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    cursor.execute(f"select {function}({_KEY})", (name,))
