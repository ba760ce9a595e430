"""How source files are written, and what their first rows show."""

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from warehouse import exact_json
from warehouse.errors import UserError
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.files.header import Record, by_hint, column_names, first_records
from warehouse.ingest.files.looks import START_BYTES, is_no_table, looks_like
from warehouse.ingest.files.names import column_name
from warehouse.ingest.sources import JSON_LINES, Dialect
from warehouse.new_source.rows import (
    Batch,
    blocks_of,
    csv_rows,
    encoding_of,
    json_objects,
    json_rows,
)

# From so many rows it is told which column plays which part. What is to be found out beyond that
# is looked for in all of them.
MOST_ROWS = 100_000

# In so many records the header is looked for, and the separator.
_MOST_RECORDS = 200
# A header fills nearly all columns, a title few.
_MOST_FILLED = 0.75

_DELIMITERS = ",;\t|"
_DATUM = re.compile(r"-?\d+([.,/:-]\d+)*")


@dataclass(frozen=True, eq=False)
class Sample:
    """What the files of one shape show.

    Attributes:
        dialect: How the files are written.
        headers: The columns as they stand in the files.
        columns: Their names in the raw table.
        batches: The first rows.
        further: All others, to be read once.
    """

    dialect: Dialect
    headers: tuple[str, ...]
    columns: tuple[str, ...]
    batches: tuple[Batch, ...]
    further: Iterator[Batch]

    @functools.cache  # noqa: B019 (a sample lives as long as the command)
    def values(self, column: str) -> list[str]:
        """What stands in a column of the first rows, where it is not blank."""
        position = self.columns.index(column)
        fields = itertools.chain.from_iterable(batch.columns[position] for batch in self.batches)
        return [text for field in fields if field and (text := field.strip())]


def take_sample(files: Sequence[Path], sheet: str | None = None) -> Sample:
    """Look at files of one shape.

    Args:
        files: In the order of their names.
        sheet: That of workbooks with several.

    Raises:
        UserError: They are no CSV files or workbooks with a header, and no JSON-lines.
    """
    # The latest is likely to be written as the next one will be.
    numbered = [*enumerate(files)]
    numbered = [numbered[-1], *numbered[:-1]]
    first = files[-1]
    dialect = Dialect(sheet=sheet)
    dialect = replace(dialect, encoding=encoding_of([file for _, file in numbered], dialect))
    # A last line without an end comes by itself.
    start = b"".join(itertools.islice(blocks_of(first, dialect), 2))
    if not start:
        raise UserError(f"{first} is empty: give a file with some rows")
    beginning = start[:START_BYTES]
    looks = is_no_table(beginning)
    if b"\0" in beginning:
        looks = looks_like(beginning, dialect) or "it is no text"
    if looks:
        raise UserError(f"{first} cannot become a source: {looks}")
    is_json = start.lstrip().startswith((b"{", b"["))
    try:
        return (_json_lines if is_json else _csv)(start, numbered, dialect)
    except RefusedFileError as error:
        looks = None if is_json else looks_like(beginning, dialect)
        raise UserError(f"{first} cannot become a source: {looks or error}") from None


def _json_lines(start: bytes, files: Sequence[tuple[int, Path]], dialect: Dialect) -> Sample:
    dialect = replace(dialect, format=JSON_LINES)
    try:
        is_object = isinstance(
            exact_json.parse(start.partition(b"\n")[0].decode()), exact_json.Members
        )
    except (ValueError, RecursionError):
        is_object = False
    if not is_object:
        raise RefusedFileError("it looks like JSON, but its first line is not an object")
    headers = _keys(files, dialect)
    columns = tuple(map(column_name, headers))
    if "" in columns or len(set(columns)) < len(columns):
        raise RefusedFileError("it has a key without a letter or digit, or two of one column name")
    return _sample(dialect, headers, columns, json_rows(files, dialect, headers))


def _csv(start: bytes, files: Sequence[tuple[int, Path]], dialect: Dialect) -> Sample:
    dialect = replace(dialect, quote=_quote(start))
    hinted, lines = by_hint(start, dialect)
    dialects = [replace(dialect, delimiter=delimiter) for delimiter in _DELIMITERS]
    # The right separator stands in most lines, and in all of them equally often.
    dialect = hinted if lines else max(dialects, key=lambda each: _regularity(start, each))
    header = _header(first_records(start, dialect, _MOST_RECORDS)[lines:])
    columns = tuple(column_names(header))
    headers = tuple(cell.strip() for cell in header.cells[: len(columns)])
    if any(_DATUM.fullmatch(name) for name in headers):
        line = header.text.decode("utf-8", "replace")[:80]
        raise RefusedFileError(f"its first line is no header but data: {line}")
    return _sample(dialect, headers, columns, csv_rows(files, dialect, columns))


def _sample(
    dialect: Dialect, headers: tuple[str, ...], columns: tuple[str, ...], batches: Iterator[Batch]
) -> Sample:
    kept: list[Batch] = []
    while sum(batch.size for batch in kept) < MOST_ROWS and (batch := next(batches, None)):
        kept.append(batch)
    return Sample(dialect, headers, columns, tuple(kept), batches)


def _keys(files: Sequence[tuple[int, Path]], dialect: Dialect) -> tuple[str, ...]:
    """The keys of the first objects, in the order in which they turn up."""
    objects = itertools.chain.from_iterable(json_objects(file, dialect) for _, file in files)
    return tuple(
        dict.fromkeys(key for fields in itertools.islice(objects, MOST_ROWS) for key in fields)
    )


def _header(records: Sequence[Record]) -> Record:
    """The first record that fills nearly as many fields as the fullest one does."""
    filled = [record for record in records if record.filled]
    most = max((record.filled for record in filled), default=0)
    found = next((record for record in filled if record.filled >= _MOST_FILLED * most), None)
    if found is None:
        raise RefusedFileError("it has no header")
    return found


def _quote(start: bytes) -> str:
    lines = start.split(b"\n", _MOST_RECORDS)[:-1]
    text = b"\n".join(lines)
    return "'" if b'"' not in text and text.count(b"'") >= len(lines) * 2 else '"'


def _regularity(start: bytes, dialect: Dialect) -> int:
    """How many separators stand in the first records that have equally many."""
    records = first_records(start, dialect, _MOST_RECORDS)
    widths = Counter(len(record.cells) for record in records if record.filled)
    del widths[1], widths[0]
    return max(((width - 1) * count for width, count in widths.items()), default=0)
