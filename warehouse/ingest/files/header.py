"""The header of a CSV file, and what may stand above it."""

import csv
import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from warehouse.ingest.errors import MisreadError
from warehouse.ingest.files.names import column_name
from warehouse.ingest.raw.rejects import BLANK, HINT, TITLE, Reject, readable
from warehouse.ingest.sources import Dialect

# How many records may stand above the header, and how many lines its cells may have.
MOST_LINES = 50

_HINT = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


class Record(NamedTuple):
    """A record near the beginning of a file.

    Attributes:
        number: Its number, from 1: in a sheet that of its row.
        line: The number of its first line.
        text: Its lines as they stand, without the last one's end.
        cells: Its fields; none if it is no CSV.
    """

    number: int
    line: int
    text: bytes
    cells: Sequence[str]

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.text.count(b"\n") + 1

    @property
    def filled(self) -> int:
        """How many of its fields hold something."""
        return sum(1 for cell in self.cells if cell.strip())


@dataclass(frozen=True)
class Head:
    """The header of a file.

    Attributes:
        columns: The names of the columns.
        record: The header as it stands.
        dialect: How the file is written: the separator is that of Excel's hint, if there is one.
        above: The records above it.
    """

    columns: tuple[str, ...]
    record: Record
    dialect: Dialect
    above: tuple[Reject, ...]

    @property
    def lines(self) -> int:
        """Lines of the file down to the header, with it."""
        return self.record.line + self.record.lines - 1

    @property
    def surplus(self) -> int:
        """How many columns without a name it has behind the last one with a name."""
        return len(self.record.cells) - len(self.columns)


def find_head(
    start: bytes, dialect: Dialect, declared: Collection[str], *, counts_records: bool = False
) -> Head | None:
    """Find the header of a file.

    It is the first record that names half of the declared columns, if all above it have fewer
    fields: titles. Where there is none it is the first line that is not blank.

    Args:
        start: The first lines of the file, in UTF-8.
        dialect: How the stream's files are written.
        declared: The columns that the stream has.
        counts_records: Number the records, as the rows of a sheet, in place of the lines.

    Returns:
        None if the file has no line, or blank ones alone.

    Raises:
        MisreadError: It is no header, or has a column without a name or a name twice.
    """
    dialect, hinted = by_hint(start, dialect)
    records = first_records(start, dialect)[hinted:]
    found = _named(records, declared) or next((r for r in records if r.text.strip()), None)
    if found is None:
        return None
    above = [Reject(1, HINT, readable(start.partition(b"\n")[0].rstrip(b"\r")))] if hinted else []
    for record in records[: records.index(found)]:
        number = record.number if counts_records else record.line
        above.append(Reject(number, TITLE if record.filled else BLANK, readable(record.text)))
    return Head(tuple(column_names(found)), found, dialect, tuple(above))


def by_hint(start: bytes, dialect: Dialect) -> tuple[Dialect, int]:
    """The dialect with the separator of Excel's hint, and how many lines that takes: 1 or 0."""
    line = start.partition(b"\n")[0].rstrip(b"\r").decode("utf-8", "replace")
    hint = _HINT.fullmatch(line)
    if hint is None or not hint[1].isascii():
        return dialect, 0
    return replace(dialect, delimiter=hint[1]), 1


def first_records(start: bytes, dialect: Dialect, most: int = MOST_LINES) -> list[Record]:
    """The first records of a file; a line that is no CSV is one without cells."""
    lines = start.split(b"\n", most)[:-1]
    records: list[Record] = []
    position = 0
    while position < len(lines):
        cells, taken = _cells(lines[position : position + MOST_LINES], dialect)
        text = b"\n".join(lines[position : position + taken]).removesuffix(b"\r")
        records.append(Record(len(records) + 1, position + 1, text, cells))
        position += taken
    return records


def column_names(record: Record) -> list[str]:
    """The column names that stand in a header; nameless columns at its end are left out.

    Raises:
        MisreadError: It is no header, or has a column without a name or a name twice.
    """
    if not record.cells:
        raise MisreadError("its first line is no CSV header")
    names = [column_name(cell) for cell in record.cells]
    while names and not record.cells[len(names) - 1].strip():
        names.pop()
    if "" in names or not names:
        raise MisreadError(f"column {(names or ['']).index('') + 1} of its header has no name")
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise MisreadError(f"its header has {', '.join(repeated)} more than once")
    return names


def _named(records: Sequence[Record], declared: Collection[str]) -> Record | None:
    """The first record that names half of the declared columns, if all above have fewer fields."""
    least = (len(declared) + 1) // 2
    widest = 0
    for record in records:
        names = {column_name(cell) for cell in record.cells}
        if len(names.intersection(declared)) >= max(least, 1):
            return record if record.filled > widest else None
        widest = max(widest, record.filled)
    return None


def _cells(lines: Sequence[bytes], dialect: Dialect) -> tuple[Sequence[str], int]:
    """The fields of the record in the first of some lines, and how many lines it takes."""
    taken = 0

    def text() -> Iterator[str]:
        nonlocal taken
        for line in lines:
            taken += 1
            yield line.removesuffix(b"\r").decode() + "\n"

    reader = csv.reader(text(), strict=True, delimiter=dialect.delimiter, quotechar=dialect.quote)
    try:
        cells = next(itertools.chain(reader, ([],)))
    except (csv.Error, ValueError):
        return (), 1
    # A NUL is in no header.
    return ((), 1) if any("\0" in cell for cell in cells) else (cells, taken)
