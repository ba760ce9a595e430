"""The schema `raw`: tables of text as it came, with where each row came from."""

from collections.abc import Iterable, Sequence

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest import load_log

SCHEMA = "raw"

# Numbers the lines of a file while COPY reads it. A temporary sequence is the session's own, and
# nextval is the one volatile default with which COPY still writes many rows at a time.
LINE_SEQUENCE = "warehouse_source_line"

# Settings of the session, which the defaults of the raw tables read.
SOURCE_FILE_SETTING = "warehouse.source_file"
LOAD_ID_SETTING = "warehouse.load_id"


def prepare_session(connection: Connection) -> None:
    """Create the load log if need be, and the session's line sequence."""
    with connection, connection.cursor() as cursor:
        _lock(cursor, SCHEMA)
        if not _exists(cursor, sql.Identifier(SCHEMA, "_loads")):
            cursor.execute(load_log.DDL)
        cursor.execute(f"create temp sequence {LINE_SEQUENCE} cache 10000")


class RawTable:
    """The raw table of a stream.

    Attributes:
        name: Its name, which is the stream's.
        declared: The columns that the stream is declared with. Files may have added others.
        identifier: Its name for SQL.
    """

    def __init__(self, name: str, declared: Sequence[str]) -> None:
        """Name the table; nothing is created yet."""
        self.name = name
        self.declared = tuple(declared)
        self.identifier = sql.Identifier(SCHEMA, name)

    def ensure(self, cursor: Cursor) -> None:
        """Create the table, or the declared columns that it lacks.

        If the table has been dropped or emptied behind the load log, the log is set right, so
        that the files are loaded again.
        """
        _lock(cursor, SCHEMA)
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
        if cursor.fetchone() == (True,):
            load_log.mark_lost(cursor, self.name)

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
        cursor.execute(
            "select column_name from information_schema.columns "
            "where table_schema = %s and table_name = %s order by ordinal_position",
            (SCHEMA, self.name),
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
        """Wait until no other session loads into the table; held to the end of the transaction.

        It is taken before the load id is, so loads become visible in the order of their ids, and
        whoever reads only what is above the highest id that he has seen misses nothing.
        """
        _lock(cursor, f"{SCHEMA}.{self.name}")

    def delete_load(self, cursor: Cursor, load_id: int) -> None:
        """Delete the rows of a load."""
        cursor.execute(
            sql.SQL("delete from {} where _load_id = %s").format(self.identifier), (load_id,)
        )


def _exists(cursor: Cursor, table: sql.Identifier) -> bool:
    cursor.execute("select to_regclass(%s) is not null", (table.as_string(cursor),))
    return cursor.fetchone() == (True,)


def _lock(cursor: Cursor, name: str) -> None:
    cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"warehouse:{name}",))
