"""Sends rows to the server, and sees that it takes as many as were sent."""

import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest.errors import UncountedError
from warehouse.ingest.files.content import BLOCK_BYTES
from warehouse.ingest.files.records import Layout, Rows
from warehouse.ingest.raw.tables import LINE_SEQUENCE, RawTable
from warehouse.ingest.sources import Dialect


@dataclass
class Copied:
    """What has been sent.

    Attributes:
        rows: Rows in the table.
        lines: Lines of the file that they are made of.
    """

    rows: int = 0
    lines: int = 0


def copy(
    rows: Iterator[Rows],
    table: RawTable,
    dialect: Dialect,
    cursor: Cursor,
    progress: Callable[[int], None],
) -> Copied:
    """Copy rows into a raw table, those of one layout at a time.

    Args:
        rows: The rows, from the first line of a file to its last.
        table: Where to; the columns that it lacks are added.
        dialect: How the rows are written.
        cursor: Of a session that `tables.prepare_session` has prepared, and that knows the load.
        progress: Called with the number of rows sent so far.

    Raises:
        UncountedError: The server has not taken what was sent.
    """
    copied = Copied()
    for layout, run in itertools.groupby(rows, key=attrgetter("layout")):
        table.add_missing_columns(cursor, layout.columns)
        source = _RowSource(run, copied, progress)
        rows_before = copied.rows
        if not layout.numbered:
            cursor.execute("select setval(%s, %s, false)", (LINE_SEQUENCE, source.first_line))
        try:
            cursor.copy_expert(_statement(table, layout, dialect), source, size=BLOCK_BYTES)
        except psycopg2.Error:
            # psycopg2 reports an exception of the source as one of the server's.
            if source.error:
                raise source.error from None
            raise
        except SystemError as error:
            # What the server says while it is being sent to meets psycopg2 in a call of Python's.
            if isinstance(error.__cause__, psycopg2.Error):
                raise error.__cause__ from None
            raise
        if cursor.rowcount != copied.rows - rows_before:
            raise UncountedError(f"{copied.rows - rows_before} rows sent, {cursor.rowcount} taken")
    return copied


def _statement(table: RawTable, layout: Layout, dialect: Dialect) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, layout.columns))
    # An empty field of a CSV file stays the empty text that it is: null would be an interpretation.
    not_null = sql.SQL("" if layout.has_nulls else "force_not_null ({}), ").format(columns)
    return sql.SQL(
        "copy {table} ({columns}{line_number}) from stdin (format csv, delimiter {delimiter}, "
        "quote {quote}, {not_null}encoding 'UTF8')"
    ).format(
        table=table.identifier,
        columns=columns,
        line_number=sql.SQL(", _source_line" if layout.numbered else ""),
        not_null=not_null,
        delimiter=sql.Literal(dialect.delimiter),
        quote=sql.Literal(dialect.quote),
    )


class _RowSource(io.RawIOBase):
    """Rows of one kind, as a file for COPY to read."""

    def __init__(self, run: Iterator[Rows], copied: Copied, progress: Callable[[int], None]):
        first = next(run)
        self.first_line = first.first_line
        self.error: BaseException | None = None
        self._run = itertools.chain((first,), run)
        self._copied = copied
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        """Return the next block, whatever is asked for: COPY takes pieces of any size."""
        try:
            for rows in self._run:
                self._copied.rows += rows.size
                self._copied.lines += rows.lines
                self._progress(self._copied.rows)
                # An empty answer would be the end.
                if rows.data:
                    return rows.data
        except BaseException as error:
            self.error = error
            raise
        return b""
