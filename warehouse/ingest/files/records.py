"""From the bytes of a CSV file to rows that COPY takes, and the lines that it must not see.

A good line is one that Python's `csv` module reads in its strict mode and that has as many fields
as the header. Nearly all lines are plain: no quote, the right number of separators. A block of
plain lines is passed on as it is, after a handful of scans at the speed of memory. Only the lines
of other blocks are looked at one by one, and a bad one costs itself alone: behind an open quote
reading goes on with the next line.
"""

import contextlib
import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from warehouse.ingest.files.lines import MAX_LINE_BYTES
from warehouse.ingest.raw.rejects import BLANK, END_MARK, Reject, is_end_mark, readable
from warehouse.ingest.sources import Dialect

# How far the end of a quoted field with line breaks is looked for.
MAX_RECORD_BYTES = 1 << 20

CARRIAGE_RETURN = "carriage return inside the line"

csv.field_size_limit(MAX_LINE_BYTES)


class Layout(NamedTuple):
    """How rows are written.

    Attributes:
        columns: The columns of their fields.
        numbered: Whether each row has its line number as an additional last field. Else the rows
            are lines of the file that follow each other, one each.
        has_nulls: Whether a field of no characters is null. Else it is the empty text.
    """

    columns: tuple[str, ...]
    numbered: bool
    has_nulls: bool = False


class Rows(NamedTuple):
    """Rows for COPY.

    Attributes:
        layout: How they are written.
        first_line: Line number of the first row.
        size: Number of rows.
        lines: Lines of the file that they are made of.
        data: The bytes.
    """

    layout: Layout
    first_line: int
    size: int
    lines: int
    data: bytes


@dataclass
class _Record:
    """What `csv` reads from a line on.

    Attributes:
        fields: Its fields; none if it is not well-formed.
        lines: Lines that were read.
        goes_on: Whether a quoted field is still open at the end of the last line there is.
    """

    fields: Sequence[str] = ()
    lines: int = 0
    goes_on: bool = False


class Splitter:
    """Separates the rows of a file from its bad lines."""

    def __init__(
        self,
        dialect: Dialect,
        columns: Sequence[str],
        reject: Callable[[Reject], None],
        *,
        line_by_line: bool = False,
    ) -> None:
        """Prepare to split.

        Args:
            dialect: How the file is written.
            columns: The columns of the fields; a row must have as many.
            reject: Called with each bad line.
            line_by_line: Pass no block on unseen.
        """
        self._delimiter = dialect.delimiter.encode()
        self._quote = dialect.quote.encode()
        self._width = len(columns)
        self._plain = Layout(tuple(columns), numbered=False)
        self._numbered = Layout(tuple(columns), numbered=True)
        self._reject = reject
        # With one column a blank line has the right number of separators.
        self._line_by_line = line_by_line or len(columns) == 1
        self._dialect = dialect
        self._record = self._record_pattern()

    def _record_pattern(self) -> re.Pattern[bytes]:
        delimiter, quote = re.escape(self._delimiter), re.escape(self._quote)
        quoted = rb"%b[^%b]*+(?:%b%b[^%b]*+)*+%b" % ((quote,) * 6)
        plain = rb"[^%b%b\r\n]*+" % (delimiter, quote)
        field = rb"(?>%b|%b)" % (quoted, plain)
        return re.compile(rb"%b(?:%b%b){%d}" % (field, delimiter, field, self._width - 1))

    def split(self, blocks: Iterator[bytes], first_line: int) -> Iterator[Rows]:
        """Yield the rows of `blocks`, whose first line has the number `first_line`."""
        rest = b""
        for block in blocks:
            block, rest = rest + block, b""
            if self._is_plain(tidy := block.replace(b"\r\n", b"\n")):
                lines = tidy.count(b"\n")
                yield Rows(self._plain, first_line, size=lines, lines=lines, data=tidy)
                first_line += lines
            else:
                rows, rest = self._examine(block, first_line, last=False)
                yield rows
                first_line += block.count(b"\n") - rest.count(b"\n")
        if rest:
            rows, _ = self._examine(rest, first_line, last=True)
            yield rows

    def _is_plain(self, block: bytes) -> bool:
        return (
            not self._line_by_line
            and self._quote not in block
            and b"\0" not in block
            and b"\r" not in block
            and block.count(self._delimiter) == block.count(b"\n") * (self._width - 1)
            and _is_utf8(block)
        )

    def _examine(self, block: bytes, first_line: int, *, last: bool) -> tuple[Rows, bytes]:
        """Look at each line of a block.

        Returns:
            The rows, and what must be looked at together with the next block: a record whose
            quoted field is still open at the end of this one.
        """
        lines = block.split(b"\n")
        lines.pop()
        clean = b"\0" not in block and _is_utf8(block)
        good: list[bytes] = []
        used = position = 0
        while position < len(lines):
            line = lines[position].rstrip(b"\r")
            number = first_line + position
            taken = 1
            if self._quote in line:
                is_good = self._record.fullmatch(line) is not None
                if not is_good:
                    record = self._read_by_csv(lines, position)
                    if record.goes_on and not last:
                        break
                    is_good = len(record.fields) == self._width
                    line = self._quoted(record.fields)
                    taken = record.lines
            else:
                is_good = (
                    line.count(self._delimiter) == self._width - 1
                    and b"\r" not in line
                    and line != b""
                )
            if is_good and (clean or (b"\0" not in line and _is_utf8(line))):
                good.append(b"%b%b%d\n" % (line, self._delimiter, number))
                used += taken
            else:
                taken = 1
                line = lines[position].rstrip(b"\r")
                self._reject(Reject(number, self._reason(line), readable(line)))
            position += taken
        rows = Rows(self._numbered, first_line, len(good), lines=used, data=b"".join(good))
        return rows, b"".join(line + b"\n" for line in lines[position:])

    def _read_by_csv(self, lines: list[bytes], position: int) -> "_Record":
        """Read the record that begins in a line as `csv` does.

        COPY reads some of them in another way: in `3,5" nails`, the quote is a plain character
        because it does not begin the field.
        """
        record = _Record()

        def text() -> Iterator[str]:
            size = 0
            for line in itertools.islice(lines, position, None):
                record.lines += 1
                size += len(line)
                if size > MAX_RECORD_BYTES and record.lines > 1:
                    return
                yield line.decode() + "\n"
            record.goes_on = True

        with contextlib.suppress(csv.Error, ValueError):
            record.fields = next(self._reader(text()))
        return record

    def _reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        delimiter, quote = self._dialect.delimiter, self._dialect.quote
        return csv.reader(lines, strict=True, delimiter=delimiter, quotechar=quote)

    def _quoted(self, fields: Iterable[str]) -> bytes:
        """Fields as COPY reads them, whatever they hold."""
        quote = self._quote
        return self._delimiter.join(
            quote + field.encode().replace(quote, quote + quote) + quote for field in fields
        )

    def _reason(self, line: bytes) -> str:
        if not line.strip():
            return BLANK
        if is_end_mark(line):
            return END_MARK
        if b"\0" in line:
            return "NUL byte"
        if not _is_utf8(line):
            return f"not valid {self._dialect.encoding}"
        try:
            (fields,) = self._reader([line.decode()])
        except csv.Error:
            if b"\r" in line:
                return CARRIAGE_RETURN
            if line.count(self._quote) % 2:
                return "open quote"
            return "text after a closing quote"
        if len(fields) == self._width:
            return CARRIAGE_RETURN
        return f"{len(fields)} fields where {self._width} are expected"


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
