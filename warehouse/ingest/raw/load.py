"""Loads one file into its raw table: one transaction, and every line accounted for."""

import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg2
from psycopg2.errors import ProgramLimitExceeded, TooManyColumns
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest.errors import BadLinesError, MisreadError, RefusedFileError, UncountedError
from warehouse.ingest.files.header import Head, find_head
from warehouse.ingest.files.json_lines import JsonLines
from warehouse.ingest.files.looks import looks_like
from warehouse.ingest.files.reading import Reading, reading
from warehouse.ingest.files.records import Rows, Splitter
from warehouse.ingest.kafka import segments
from warehouse.ingest.raw import columns, load_log, overlap, register, tables
from warehouse.ingest.raw.account import Account
from warehouse.ingest.raw.copying import copy
from warehouse.ingest.raw.plan import Task
from warehouse.ingest.raw.rejects import BLANK, Reject, Rejects
from warehouse.ingest.raw.turns import Turn
from warehouse.ingest.singer.manifest import SourceFile
from warehouse.ingest.sources import CSV, JSON_LINES, SALES, Content, Dialect

# Called with the bytes and the rows that have been read so far.
Progress = Callable[[int, int], None]

# What the server answers to a file that it does not take, in contrast to trouble of its own.
_REFUSALS = (psycopg2.DataError, ProgramLimitExceeded, TooManyColumns, UncountedError)


@dataclass(frozen=True)
class _Copying:
    """What is at hand while a file is copied."""

    file: SourceFile
    cursor: Cursor
    rejects: Rejects
    progress: Progress


@dataclass(frozen=True)
class Loader:
    """Loads files into one raw table.

    Attributes:
        table: Where to.
        content: What the lines are.
        dialect: How the files are written.
        reject_limit: The largest share of bad lines, from 0 to 1, with which a file is loaded.
            Blank lines do not count, nor does any of messages: one that cannot be read must not
            keep all later ones out.
        settle_seconds: How long a file whose last line has no end must have been left alone.
    """

    table: tables.RawTable
    content: Content
    dialect: Dialect
    reject_limit: float
    settle_seconds: float

    def load(self, task: Task, turn: Turn, progress: Progress) -> Account | None:
        """Load a file, in place of what an earlier version of it brought.

        All of it happens in one transaction, so that a file is in the table with all its rows,
        its rejects and its entry in the load log, or with none of them.

        Returns:
            The account, or None if another process has loaded the same content meanwhile, or if
            it is a segment of a topic that does not follow on what is loaded.

        Raises:
            RefusedFileError: Nothing of the file is loaded; the load log says why, too.
        """
        file = task.file
        started_at = datetime.now(UTC)
        try:
            with turn.connection as connection, connection.cursor() as cursor:
                self.table.lock(cursor)
                if self.content.are_messages and not segments.follows(
                    cursor, self.table.name, file.name
                ):
                    turn.wait()
                    return None
                earlier_id, checksums = load_log.loaded_file(cursor, self.table.name, file.name)
                if checksums == (file.sha256, file.content_sha256):
                    turn.wait()
                    return None
                load_id = turn.draw_load_id()
                identity, of_another = file.name, ""
                if earlier_id is not None:
                    if task.keeps_identity:
                        identity = load_log.identity_of(cursor, earlier_id)
                    else:
                        of_another = load_log.identity_of(cursor, earlier_id)
                    self._end(cursor, earlier_id, replaced_by=load_id)
                if task.takes_over:
                    identity = task.takes_over.identity
                    self._end(cursor, task.takes_over.load_id, replaced_by=load_id)
                tables.set_load(cursor, load_id, file.name)
                with Rejects() as rejects:
                    account = self._copy_file(_Copying(file, cursor, rejects, progress), turn)
                    turn.wait()
                    if task.takes_over:
                        account.notes.append(f"is {task.takes_over.name} under another name")
                    sketch: list[int] = []
                    if not (self.content.has_line_ids or self.content.may_overlap):
                        sketch, contained = overlap.settle(
                            cursor, self.table, file, load_id, account.loaded
                        )
                        for other_id in contained:
                            identity = load_log.identity_of(cursor, other_id)
                            account.notes.append(f"takes the place of {identity}, which has grown")
                            self._end(cursor, other_id, replaced_by=load_id)
                    identity = load_log.free_identity(cursor, self.table.name, identity, of_another)
                    load_log.write(
                        cursor,
                        load_id,
                        self.table.name,
                        file,
                        account,
                        started_at,
                        identity=identity,
                    )
                    if sketch:
                        overlap.keep(cursor, load_id, sketch)
                    rejects.write(cursor, load_id, file.name)
                # Nobody ever sees an erased customer again, whichever file brings one.
                source_system = file.name.partition("/")[0]
                register.apply(cursor, source_system, self.table.name, self.content, load_id)
                return account
        except RefusedFileError as error:
            turn.wait()
            with turn.connection as connection, connection.cursor() as cursor:
                load_log.write(
                    cursor,
                    load_id,
                    self.table.name,
                    file,
                    Account(),
                    started_at,
                    identity=file.name,
                    refusal=str(error),
                )
            raise

    def _end(self, cursor: Cursor, load_id: int, *, replaced_by: int) -> None:
        if load_log.is_loaded(cursor, load_id):
            self.table.delete_load(cursor, load_id)
            load_log.mark_replaced(cursor, load_id, replaced_by=replaced_by)

    def _copy_file(self, copying: _Copying, turn: Turn) -> Account:
        cursor = copying.cursor
        existing = self.table.columns(cursor)
        try:
            with self._reading(copying) as opened:
                # To add a column is to wait for all files that have begun, and those wait for
                # their turn: so the next file begins when this one can bring no new column. A
                # JSON-lines file may do so until its end.
                if self.dialect.format == CSV:
                    if head := self._head(opened):
                        columns.remarks(self.table, head.columns, existing)
                        self.table.add_missing_columns(cursor, head.columns)
                    turn.begun()
                cursor.execute("savepoint file")
                try:
                    return self._copy_lines(opened, existing, copying, line_by_line=False)
                except _REFUSALS:
                    # A bad line got by in a block that was passed on unseen: look at each.
                    cursor.execute("rollback to savepoint file")
                    copying.rejects.clear()
            with self._reading(copying) as opened:
                return self._copy_lines(opened, existing, copying, line_by_line=True)
        except _REFUSALS as error:
            reason = str(error).partition("\n")[0]
            raise RefusedFileError(f"the server does not take it: {reason}") from error

    @contextlib.contextmanager
    def _reading(self, copying: _Copying) -> Iterator[Reading]:
        """Open the file; if it is refused, say what it looks like."""
        with reading(copying.file, self.dialect) as opened:
            try:
                yield opened
            except MisreadError as error:
                found = looks_like(opened.start, self.dialect, self.table.declared)
                if found and isinstance(error, BadLinesError):
                    found = f"{error}; {found}"
                raise RefusedFileError(found or str(error)) from error

    def _copy_lines(
        self,
        opened: Reading,
        existing: Collection[str],
        copying: _Copying,
        *,
        line_by_line: bool,
    ) -> Account:
        rejects = copying.rejects
        account = Account()
        if self.dialect.format == JSON_LINES:
            json_lines = JsonLines(self.table.declared, self.dialect.encoding, rejects.add)
            rows = json_lines.split(opened.blocks, 1)
            lines = self._copy_rows(rows, opened, account, copying, self.dialect)
            # Only now is it known which columns the file has.
            if account.loaded:
                # One message that is of another kind must not keep all later ones out.
                strict = not self.content.are_messages
                account.notes = columns.remarks(
                    self.table, json_lines.seen, existing, strict=strict
                )
        elif head := self._head(opened):
            account.notes = columns.remarks(self.table, head.columns, existing)
            lines = self._copy_csv(head, opened, account, copying, line_by_line=line_by_line)
        else:
            lines = 0
            for number, _ in enumerate(opened.beginning.splitlines(), 1):
                rejects.add(Reject(number, BLANK, ""))
        if not opened.lines:
            account.notes = ["is empty"]
        account.rejected = rejects.count
        if left_out := rejects.left_out():
            account.notes.append(left_out)
        if lines + rejects.count != opened.lines:
            raise UncountedError(
                f"{opened.lines} lines read, {lines} loaded, {rejects.count} rejected"
            )
        opened.check_complete(self.settle_seconds)
        self._check_limit(account, rejects)
        return account

    def _head(self, opened: Reading) -> Head | None:
        """The header of a CSV file; None if it is empty."""
        start = opened.beginning
        return find_head(start, self.dialect, self.table.declared, counts_records=opened.is_sheet)

    def _copy_csv(
        self,
        head: Head,
        opened: Reading,
        account: Account,
        copying: _Copying,
        *,
        line_by_line: bool,
    ) -> int:
        """Copy the rows below a header.

        Returns:
            The number of lines that they and the header are made of: all but the rejected ones.
        """
        for reject in head.above:
            copying.rejects.add(reject)
        splitter = Splitter(
            head,
            copying.rejects.add,
            with_totals=self.content.rows == SALES,
            counts_records=opened.is_sheet,
            line_by_line=line_by_line,
        )
        first_line = head.record.number + 1 if opened.is_sheet else head.lines + 1
        rows = splitter.split(opened.blocks_behind(head.lines), first_line)
        lines = self._copy_rows(rows, opened, account, copying, head.dialect)
        if head.surplus or splitter.trimmed:
            account.notes.append("has empty fields behind its last column, and they are left out")
        return head.lines - len(head.above) + lines

    def _copy_rows(
        self,
        rows: Iterator[Rows],
        opened: Reading,
        account: Account,
        copying: _Copying,
        dialect: Dialect,
    ) -> int:
        """Copy rows and add them to the account.

        Returns:
            The number of lines that they are made of.
        """
        copied = copy(
            rows,
            self.table,
            dialect,
            copying.cursor,
            progress=lambda rows: copying.progress(opened.size, rows),
        )
        account.loaded = copied.rows
        return copied.lines

    def _check_limit(self, account: Account, rejects: Rejects) -> None:
        if self.content.are_messages:
            return
        if rejects.first and rejects.bad > self.reject_limit * account.read:
            raise BadLinesError(
                f"{rejects.bad:,} of its {account.read:,} lines are bad "
                f"({rejects.bad / account.read:.1%}, the limit is {self.reject_limit:.0%}), "
                f"the first is line {rejects.first.line_number}: {rejects.first.reason}"
            )
