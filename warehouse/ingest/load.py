"""Loads one file into its raw table: one transaction, and every line accounted for."""

import io
import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

import psycopg2
from psycopg2 import sql
from psycopg2.errors import ProgramLimitExceeded, TooManyColumns
from psycopg2.extensions import connection as Connection  # noqa: N812
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest import header, load_log
from warehouse.ingest.account import Account
from warehouse.ingest.errors import RefusedFileError, UncountedError
from warehouse.ingest.json_lines import JsonLines
from warehouse.ingest.lines import BLOCK_BYTES, LineReader
from warehouse.ingest.manifest import SourceFile
from warehouse.ingest.records import Layout, Rows, Splitter
from warehouse.ingest.rejects import Rejects
from warehouse.ingest.sources import JSON_LINES, Dialect
from warehouse.ingest.tables import LINE_SEQUENCE, LOAD_ID_SETTING, SOURCE_FILE_SETTING, RawTable

# Called with the bytes and the rows that have been read so far.
Progress = Callable[[int, int], None]

# What the server answers to a file that it does not take, in contrast to trouble of its own.
_REFUSALS = (psycopg2.DataError, ProgramLimitExceeded, TooManyColumns, UncountedError)


@dataclass(frozen=True)
class Loader:
    """Loads files into one raw table.

    Attributes:
        connection: A session that `tables.prepare_session` has prepared.
        table: Where to.
        dialect: How the files are written.
        reject_limit: The largest share of bad lines, from 0 to 1, with which a file is loaded.
            Blank lines do not count.
        progress: Called with every block that is read.
    """

    connection: Connection
    table: RawTable
    dialect: Dialect
    reject_limit: float
    progress: Progress

    def load(self, file: SourceFile) -> Account | None:
        """Load a file, in place of what an earlier version of it brought.

        All of it happens in one transaction, so that a file is in the table with all its rows,
        its rejects and its entry in the load log, or with none of them.

        Returns:
            The account, or None if another session has loaded the same content meanwhile.

        Raises:
            RefusedFileError: Nothing of the file is loaded; the load log says why, too.
        """
        started_at = datetime.now(UTC)
        try:
            with self.connection, self.connection.cursor() as cursor:
                return self._load(file, cursor, started_at)
        except RefusedFileError as error:
            with self.connection, self.connection.cursor() as cursor:
                load_id = load_log.next_load_id(cursor)
                load_log.write(
                    cursor,
                    load_id,
                    self.table.name,
                    file,
                    Account(),
                    started_at,
                    refusal=str(error),
                )
            raise

    def _load(self, file: SourceFile, cursor: Cursor, started_at: datetime) -> Account | None:
        table = self.table
        table.lock(cursor)
        earlier_id, earlier_sha256 = load_log.loaded_file(cursor, table.name, file.name)
        if earlier_sha256 == file.sha256:
            return None
        load_id = load_log.next_load_id(cursor)
        if earlier_id is not None:
            table.delete_load(cursor, earlier_id)
            load_log.mark_replaced(cursor, earlier_id, replaced_by=load_id)
        cursor.execute(
            "select set_config(%s, %s, true), set_config(%s, %s, true)",
            (SOURCE_FILE_SETTING, file.name, LOAD_ID_SETTING, str(load_id)),
        )
        with Rejects() as rejects:
            account = self._copy_file(file, cursor, rejects)
            load_log.write(cursor, load_id, table.name, file, account, started_at)
            rejects.write(cursor, load_id, file.name)
        return account

    def _copy_file(self, file: SourceFile, cursor: Cursor, rejects: Rejects) -> Account:
        cursor.execute("savepoint file")
        try:
            return self._copy_blocks(file, cursor, rejects, line_by_line=False)
        except _REFUSALS:
            # A bad line got by in a block that was passed on unseen: look at each.
            cursor.execute("rollback to savepoint file")
            rejects.clear()
        try:
            return self._copy_blocks(file, cursor, rejects, line_by_line=True)
        except _REFUSALS as error:
            reason = str(error).partition("\n")[0]
            raise RefusedFileError(f"the server does not take it: {reason}") from error

    def _copy_blocks(
        self, file: SourceFile, cursor: Cursor, rejects: Rejects, *, line_by_line: bool
    ) -> Account:
        try:
            content = file.path.open("rb", buffering=0)
        except OSError as error:
            raise RefusedFileError(f"it cannot be read: {error.strerror}") from None
        with content:
            reader = LineReader(content, self.dialect.encoding)
            account = self._copy_lines(reader, cursor, rejects, line_by_line=line_by_line)
        if (reader.size, reader.sha256) != (file.size, file.sha256):
            raise RefusedFileError("it changed while it was read: load it when it is complete")
        self._check_limit(account, rejects)
        return account

    def _copy_lines(
        self, reader: LineReader, cursor: Cursor, rejects: Rejects, *, line_by_line: bool
    ) -> Account:
        existing = self.table.columns(cursor)
        if self.dialect.format == JSON_LINES:
            json_lines = JsonLines(self.table.declared, self.dialect.encoding, rejects.add)
            account = Account()
            lines = self._copy_rows(json_lines.split(reader.blocks(), 1), reader, account, cursor)
            # Only now is it known which columns the file has.
            if not reader.lines:
                account.notes = ["is empty"]
            elif account.loaded:
                account.notes = self._remarkable_columns(json_lines.seen, existing)
        else:
            first_line, blocks = _first_line(reader.blocks())
            if not reader.lines:
                return Account(notes=["is empty"])
            names = header.column_names(first_line, self.dialect)
            account = Account(notes=self._remarkable_columns(names, existing))
            splitter = Splitter(self.dialect, names, rejects.add, line_by_line=line_by_line)
            lines = 1 + self._copy_rows(splitter.split(blocks, 2), reader, account, cursor)
        account.rejected = rejects.count
        if lines + rejects.count != reader.lines:
            raise UncountedError(
                f"{reader.lines} lines read, {lines} loaded, {rejects.count} rejected"
            )
        return account

    def _remarkable_columns(self, names: Collection[str], existing: Collection[str]) -> list[str]:
        """What the user should know about the columns of a file.

        Raises:
            RefusedFileError: A column seems to have been renamed.
        """
        missing = [name for name in self.table.declared if name not in names]
        new = [name for name in names if name not in existing]
        if missing and new:
            raise RefusedFileError(
                f"it lacks {', '.join(missing)} and has {', '.join(new)} instead: "
                f"if that is a new name, change it in meltano.yml and in the staging model"
            )
        notes = [f"has a new column {name}: added to raw.{self.table.name}" for name in new]
        return notes + [f"has no column {name}: it is null" for name in missing]

    def _copy_rows(
        self, rows: Iterator[Rows], reader: LineReader, account: Account, cursor: Cursor
    ) -> int:
        """Copy rows, those of one layout at a time, and add them to the account.

        Returns:
            The number of lines that they are made of.
        """
        lines = 0
        for layout, run in itertools.groupby(rows, key=attrgetter("layout")):
            self.table.add_missing_columns(cursor, layout.columns)
            source = _RowSource(run, reader, self.progress, account.loaded)
            self._copy(source, layout, cursor)
            account.loaded += source.rows
            lines += source.lines
        return lines

    def _copy(self, source: "_RowSource", layout: Layout, cursor: Cursor) -> None:
        if not layout.numbered:
            cursor.execute("select setval(%s, %s, false)", (LINE_SEQUENCE, source.first_line))
        columns = sql.SQL(", ").join(map(sql.Identifier, layout.columns))
        # An empty field of a CSV file stays the empty text that it is: null would be an
        # interpretation.
        not_null = sql.SQL("" if layout.has_nulls else "force_not_null ({}), ").format(columns)
        statement = sql.SQL(
            "copy {table} ({columns}{line_number}) from stdin (format csv, delimiter {delimiter}, "
            "quote {quote}, {not_null}encoding 'UTF8')"
        ).format(
            table=self.table.identifier,
            columns=columns,
            line_number=sql.SQL(", _source_line" if layout.numbered else ""),
            not_null=not_null,
            delimiter=sql.Literal(self.dialect.delimiter),
            quote=sql.Literal(self.dialect.quote),
        )
        try:
            cursor.copy_expert(statement, source, size=BLOCK_BYTES)
        except psycopg2.Error:
            # psycopg2 reports an exception of the source as one of the server's.
            if source.error:
                raise source.error from None
            raise
        if cursor.rowcount != source.rows:
            raise UncountedError(f"{source.rows} rows sent, {cursor.rowcount} taken")

    def _check_limit(self, account: Account, rejects: Rejects) -> None:
        if rejects.first and rejects.bad > self.reject_limit * account.read:
            raise RefusedFileError(
                f"{rejects.bad:,} of its {account.read:,} lines are bad "
                f"({rejects.bad / account.read:.1%}, the limit is {self.reject_limit:.0%}), "
                f"the first is line {rejects.first.line_number}: {rejects.first.reason}"
            )


class _RowSource(io.RawIOBase):
    """Rows of one kind, as a file for COPY to read."""

    def __init__(
        self, run: Iterator[Rows], reader: LineReader, progress: Progress, rows_before: int
    ) -> None:
        first = next(run)
        self.first_line = first.first_line
        self.rows = 0
        self.lines = 0
        self.error: BaseException | None = None
        self._run = itertools.chain((first,), run)
        self._reader = reader
        self._progress = progress
        self._rows_before = rows_before

    def read(self, size: int = -1) -> bytes:
        """Return the next block, whatever is asked for: COPY takes pieces of any size."""
        try:
            for rows in self._run:
                self.rows += rows.size
                self.lines += rows.lines
                self._progress(self._reader.size, self._rows_before + self.rows)
                # An empty answer would be the end.
                if rows.data:
                    return rows.data
        except BaseException as error:
            self.error = error
            raise
        return b""


def _first_line(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Take the first line off the blocks."""
    line, _, rest = next(blocks, b"").partition(b"\n")
    return line.removesuffix(b"\r"), itertools.chain((rest,) if rest else (), blocks)
