"""From the bytes of a CSV file to rows that COPY takes, and the lines that it must not see.

A good line is one that Python's `csv` module reads in its strict mode and that has as many fields
as the header; further ones at its end may be there if they are empty. Nearly all lines are plain:
no quote, the right number of separators. A block of plain lines is passed on as it is, after a
handful of scans at the speed of memory. Only the lines of other blocks are looked at one by one,
and a bad one costs itself alone: behind an open quote reading goes on with the next line.
"""

import contextlib
import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from warehouse.ingest.files.header import Head
from warehouse.ingest.files.left_out import LeftOut
from warehouse.ingest.raw.rejects import END_MARK, Reject, is_end_mark, readable

# How far the end of a quoted field with line breaks is looked for.
MAX_RECORD_BYTES = 1 << 20

CARRIAGE_RETURN = "carriage return inside the line"


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
    """Separates the rows of a file from its other lines.

    Attributes:
        trimmed: How many rows had empty fields behind those of the header.
    """

    def __init__(
        self,
        head: Head,
        reject: Callable[[Reject], None],
        *,
        with_totals: bool = False,
        counts_records: bool = False,
        line_by_line: bool = False,
    ) -> None:
        """Prepare to split.

        Args:
            head: The header of the file.
            reject: Called with each line that is no row.
            with_totals: Whether a total may be among the lines.
            counts_records: Number the records, as the rows of a sheet, in place of the lines.
            line_by_line: Pass no block on unseen.
        """
        self.trimmed = 0
        self._dialect = head.dialect
        self._delimiter = head.dialect.delimiter.encode()
        self._quote = head.dialect.quote.encode()
        self._width = len(head.columns)
        self._plain = Layout(head.columns, numbered=False)
        self._numbered = Layout(head.columns, numbered=True)
        self._reject = reject
        self._left_out = LeftOut(head, with_totals=with_totals)
        # What lines end with where the header does: a separator for each column without a name.
        self._surplus = self._delimiter * head.surplus
        self._counts_records = counts_records
        # With one column a blank line has the right number of separators.
        self._line_by_line = line_by_line or self._width == 1
        self._record = self._record_pattern()
        self._plain_line = self._plain_pattern()

    def _plain_pattern(self) -> re.Pattern[bytes]:
        delimiter = re.escape(self._delimiter)
        field = rb"[^%b%b\r\0]*+" % (delimiter, re.escape(self._quote))
        fields = rb"%b(?:%b%b){%d}" % (field, delimiter, field, self._width - 1)
        return re.compile(self._left_out.unlike() + fields)

    def _record_pattern(self) -> re.Pattern[bytes]:
        delimiter, quote = re.escape(self._delimiter), re.escape(self._quote)
        quoted = rb"%b[^%b]*+(?:%b%b[^%b]*+)*+%b" % ((quote,) * 6)
        plain = rb"[^%b%b\r\n]*+" % (delimiter, quote)
        field = rb"(?>%b|%b)" % (quoted, plain)
        fields = rb"(%b(?:%b%b){%d})" % (field, delimiter, field, self._width - 1)
        return re.compile(rb"%b((?:%b(?:%b%b)?+)*+)" % (fields, delimiter, quote, quote))

    def split(self, blocks: Iterator[bytes], first_line: int) -> Iterator[Rows]:
        """Yield the rows of `blocks`, whose first line has the number `first_line`."""
        rest = b""
        for block in blocks:
            block, rest = rest + block, b""
            if self._is_plain(tidy := self._tidy(block)):
                lines = tidy.count(b"\n")
                self.trimmed += lines if self._surplus else 0
                yield Rows(self._plain, first_line, size=lines, lines=lines, data=tidy)
                first_line += lines
            else:
                rows, rest, first_line = self._examine(block, first_line, last=False)
                yield rows
        if rest:
            rows, _, _ = self._examine(rest, first_line, last=True)
            yield rows

    def _tidy(self, block: bytes) -> bytes:
        """A block with plain ends of lines, as plain lines have them."""
        tidy = block.replace(b"\r\n", b"\n")
        if self._surplus:
            tidy = tidy.replace(self._surplus + b"\n", b"\n")
        return tidy

    def _is_plain(self, block: bytes) -> bool:
        return (
            not self._line_by_line
            and self._quote not in block
            and b"\0" not in block
            and b"\r" not in block
            and block.count(self._delimiter) == block.count(b"\n") * (self._width - 1)
            and not self._left_out.may_be_in(block)
            and _is_utf8(block)
        )

    def _examine(self, block: bytes, first_line: int, *, last: bool) -> tuple[Rows, bytes, int]:
        """Look at each line of a block.

        Returns:
            The rows; what must be looked at together with the next block, a record whose quoted
            field is still open at the end of this one; and the number of the line behind the rows.
        """
        lines = block.split(b"\n")
        lines.pop()
        clean = b"\0" not in block and _is_utf8(block)
        good: list[bytes] = []
        used = position = 0
        number = first_line
        while position < len(lines):
            line = lines[position]
            # Nearly all, also of a block in which some are not.
            if clean and self._plain_line.fullmatch(line):
                good.append(b"%b%b%d\n" % (line, self._delimiter, number))
                used, position, number = used + 1, position + 1, number + 1
                continue
            line = line.rstrip(b"\r")
            taken = 1
            reason = self._left_out.reason(line)
            fields = None if reason else self._fields(line)
            if reason is None and fields is None and self._quote in line:
                record = self._read_by_csv(lines, position)
                if record.goes_on and not last:
                    break
                fields = self._quoted(record.fields)
                taken = record.lines
            if fields is not None and (clean or (b"\0" not in fields and _is_utf8(fields))):
                good.append(b"%b%b%d\n" % (fields, self._delimiter, number))
                used += taken
            else:
                taken = 1
                line = lines[position].rstrip(b"\r")
                self._reject(Reject(number, reason or self._reason(line), readable(line)))
            position += taken
            number += 1 if self._counts_records else taken
        rows = Rows(self._numbered, first_line, len(good), lines=used, data=b"".join(good))
        return rows, b"".join(line + b"\n" for line in lines[position:]), number

    def _fields(self, line: bytes) -> bytes | None:
        """The fields of a line, if it is a whole row: without empty ones behind those it needs."""
        if self._quote in line:
            found = self._record.fullmatch(line)
            if found is None:
                return None
            self.trimmed += bool(found[2])
            return found[1]
        if b"\r" in line:
            return None
        further = line.count(self._delimiter) - self._width + 1
        if further == 0:
            return line
        if further < 0 or not line.endswith(self._delimiter * further):
            return None
        self.trimmed += 1
        return line[: -further * len(self._delimiter)]

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

    def _quoted(self, fields: Sequence[str]) -> bytes | None:
        """The fields of a row as COPY reads them, whatever they hold; None if it is no row."""
        if len(fields) < self._width or any(fields[self._width :]):
            return None
        self.trimmed += len(fields) > self._width
        fields, quote = fields[: self._width], self._quote
        return self._delimiter.join(
            quote + field.encode().replace(quote, quote + quote) + quote for field in fields
        )

    def _reason(self, line: bytes) -> str:
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
