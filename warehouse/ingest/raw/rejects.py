"""The lines of a file that are not loaded, until they can be written to `raw._rejects`."""

import csv
import io
import tempfile
from collections import Counter
from types import TracebackType
from typing import NamedTuple, Self

from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest.errors import RefusedFileError

# Kept in memory up to this many bytes, and in a temporary file beyond.
MEMORY_BYTES = 8 << 20

# The reasons of lines that nobody would take for rows: they do not count for the limit.
BLANK = "blank line"
# What DOS programs wrote behind a text; some still do.
END_MARK = "end-of-file mark (Ctrl-Z)"
HINT = "Excel's hint of the separator"
TITLE = "above the header"
HEADER_AGAIN = "header again"
TOTAL = "total"
_LEFT_OUT = (HINT, TITLE, BLANK, HEADER_AGAIN, TOTAL, END_MARK)

_END_MARK = b"\x1a"


class Reject(NamedTuple):
    """A line that is not loaded."""

    line_number: int
    reason: str
    line: str


def is_end_mark(line: bytes) -> bool:
    """Whether a line holds an old end-of-file mark, or several, and nothing else."""
    return line.startswith(_END_MARK) and not line.strip(_END_MARK)


def readable(line: bytes) -> str:
    r"""A line as PostgreSQL can store it: bytes that are no text in the form \\xNN."""
    return line.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


class Rejects:
    """The rejected lines of one file.

    Attributes:
        count: How many there are.
        bad: How many of them should have been rows.
        first: The first of those.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._content = tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 (closed in __exit__)
        self._text = io.TextIOWrapper(self._content, encoding="utf-8", newline="")
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_ALL)
        self.clear()

    def clear(self) -> None:
        """Begin again with none."""
        self.count = 0
        self.bad = 0
        self.first: Reject | None = None
        self._left_out: Counter[str] = Counter()
        self._text.seek(0)
        self._text.truncate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._text.close()

    def add(self, reject: Reject) -> None:
        """Add one."""
        self.count += 1
        if reject.reason in _LEFT_OUT:
            self._left_out[reject.reason] += 1
        else:
            self.bad += 1
            self.first = self.first or reject
        self._writer.writerow(reject)

    def left_out(self) -> str | None:
        """The lines that nobody would take for rows, by what they are; None if blank at most."""
        if not self._left_out.keys() - {BLANK, END_MARK}:
            return None
        counts = (
            f"{reason}: {self._left_out[reason]:,}"
            for reason in _LEFT_OUT
            if reason in self._left_out
        )
        return f"has lines that are no rows, and are left out ({', '.join(counts)})"

    def write(self, cursor: Cursor, load_id: int, source_file: str) -> None:
        """Write all to `raw._rejects`.

        Raises:
            RefusedFileError: The server has not taken all.
        """
        if not self.count:
            return
        self._text.flush()
        self._content.seek(0)
        cursor.execute(
            "create temp table if not exists rejects "
            "(source_line bigint, reason text, line text) on commit delete rows"
        )
        cursor.copy_expert(
            "copy rejects from stdin (format csv, force_not_null (line), encoding 'UTF8')",
            self._content,
        )
        cursor.execute(
            "insert into raw._rejects (load_id, source_file, source_line, reason, line) "
            "select %s, %s, source_line, reason, line from rejects",
            (load_id, source_file),
        )
        if cursor.rowcount != self.count:
            raise RefusedFileError(
                f"{self.count} of its lines are bad, and {cursor.rowcount} could be kept"
            )
