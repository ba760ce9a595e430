"""The first lines of a source's files, and how they are written."""

import csv
import functools
import gzip
import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import UserError
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.files import exact_json, header
from warehouse.ingest.files.looks import START_BYTES, is_no_table, looks_like
from warehouse.ingest.files.names import column_name
from warehouse.ingest.sources import CSV, JSON_LINES, Dialect

# What a file does not show another one may: numbers that are used again, days above 12. All is
# looked at, up to so many rows.
MOST_ROWS = 100_000
_MOST_FILES = 2000

# An encoding shows only where something other than ASCII stands, which may be far down.
_ENCODING_BYTES = 16 << 20
_SAMPLE_BYTES = _ENCODING_BYTES

_DELIMITERS = ",;\t|"
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class Sample:
    """What the first rows of some files show.

    Attributes:
        dialect: How the files are written.
        headers: The columns as they stand in the files.
        columns: Their names in the raw table.
        rows: The first rows, a field for each column; None where a JSON object lacks it.
    """

    dialect: Dialect
    headers: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def pairs(self, column: str, other: str) -> Iterator[tuple[str, str]]:
        """What stands in two columns of one row, where neither is blank."""
        first, second = self.columns.index(column), self.columns.index(other)
        for row in self.rows:
            if row[first] and row[second]:
                yield str(row[first]).strip(), str(row[second]).strip()

    @functools.cache  # noqa: B019 (a sample lives as long as the command)
    def values(self, column: str) -> list[str]:
        """What stands in a column, where it is not blank."""
        position = self.columns.index(column)
        fields = (row[position] for row in self.rows)
        return [field.strip() for field in fields if field and field.strip()]


def take_sample(files: Sequence[Path]) -> Sample:
    """Look at the first lines of files of one shape.

    Raises:
        UserError: They are no CSV files with a header, and no JSON-lines.
    """
    # The latest is likely to be written as the next one will be.
    chosen = list(dict.fromkeys([files[-1], *files[: _MOST_FILES - 1]]))
    starts = [_start(file) for file in chosen]
    if found := is_no_table(starts[0][:START_BYTES]):
        raise UserError(f"{chosen[0]} cannot become a source: {found}")
    encoding = _encoding(starts)
    if b"\0" in starts[0] and encoding != "utf-16":
        found = looks_like(starts[0][:START_BYTES], Dialect()) or "it is no text"
        raise UserError(f"{chosen[0]} cannot become a source: {found}")
    lines = [_lines(start, encoding) for start in starts]
    if not lines[0]:
        raise UserError(f"{chosen[0]} is empty: give a file with some rows")
    try:
        if lines[0][0].lstrip().startswith(("{", "[")):
            return _json_lines(lines, encoding)
        return _csv(lines, encoding)
    except RefusedFileError as error:
        is_json = lines[0][0].lstrip().startswith(("{", "["))
        look = None if is_json else looks_like(starts[0][:START_BYTES], Dialect(encoding=encoding))
        found = look or str(error)
        raise UserError(f"{chosen[0]} cannot become a source: {found}") from None


def _start(file: Path) -> bytes:
    try:
        with file.open("rb") as content:
            is_gzip = content.read(2) == b"\x1f\x8b"
            content.seek(0)
            if not is_gzip:
                return content.read(_ENCODING_BYTES)
            with gzip.open(content) as unpacked:
                return unpacked.read(_ENCODING_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{file} cannot be read: {error}") from None


def _encoding(starts: Sequence[bytes]) -> str:
    if encoding := _BYTE_ORDER_MARKS.get(starts[0][:2]):
        return encoding
    for encoding in ("utf-8", "cp1252"):
        if all(_is_encoded(start, encoding) for start in starts):
            return encoding
    return "latin-1"


def _is_encoded(content: bytes, encoding: str) -> bool:
    # The last character may be cut in two.
    end = len(content) if len(content) < _ENCODING_BYTES else content.rfind(b"\n") + 1
    try:
        content[:end].decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _lines(start: bytes, encoding: str) -> list[str]:
    text = start[:_SAMPLE_BYTES].decode(encoding, "replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # The last one may be cut short.
    return lines[:-1] or lines[:1] if text else []


def _json_lines(files: Sequence[Sequence[str]], encoding: str) -> Sample:
    if not _object(files[0][0]):
        raise RefusedFileError("it looks like JSON, but its first line is not an object")
    objects = []
    for line in itertools.islice(itertools.chain(*files), MOST_ROWS):
        if value := _object(line):
            objects.append({key: exact_json.text(item) for key, item in value})
    headers = tuple(dict.fromkeys(key for fields in objects for key in fields))
    columns = tuple(map(column_name, headers))
    if "" in columns or len(set(columns)) < len(columns):
        raise RefusedFileError("it has a key without a letter or digit, or two of one column name")
    return Sample(
        dialect=Dialect(format=JSON_LINES, encoding=encoding),
        headers=headers,
        columns=columns,
        rows=tuple(tuple(map(fields.get, headers)) for fields in objects),
    )


def _object(line: str) -> exact_json.Members | None:
    try:
        value = exact_json.parse(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, exact_json.Members) else None


def _csv(files: Sequence[Sequence[str]], encoding: str) -> Sample:
    quote = _quote(files[0])
    dialects = [Dialect(CSV, delimiter, quote, encoding) for delimiter in _DELIMITERS]
    # The right separator gives every line as many fields as the header, and the more the better.
    dialect = max(dialects, key=lambda dialect: _regularity(files[0], dialect))
    columns = tuple(header.column_names(files[0][0].encode(), dialect))
    headers = next(_records(files[0], dialect))
    if any(re.fullmatch(r"-?\d+([.,/-]\d+)*", name.strip()) for name in headers):
        raise RefusedFileError(f"its first line is no header but data: {files[0][0][:80]}")
    if len(columns) < 2 and any(_regularity(files[0][1:], each)[1] > 1 for each in dialects):
        raise RefusedFileError(
            f"its first line is no header of several columns: {files[0][0][:80]!r}; take a title "
            f"or a hint such as sep=; away, and begin with the names of the columns"
        )
    positions = {name: position for position, name in enumerate(columns)}
    rows: list[tuple[str | None, ...]] = []
    for lines in files:
        own = [column_name(name) for name in next(_records(lines, dialect), [])]
        if set(own) != set(columns):
            continue
        order = sorted(range(len(own)), key=lambda position: positions[own[position]])
        rows += [
            tuple(record[position] for position in order)
            for record in itertools.islice(_records(lines, dialect), 1, MOST_ROWS)
            if len(record) == len(own)
        ]
        if len(rows) >= MOST_ROWS:
            break
    return Sample(dialect, tuple(headers), columns, tuple(rows[:MOST_ROWS]))


def _quote(lines: Sequence[str]) -> str:
    text = "\n".join(lines[:200])
    return "'" if '"' not in text and text.count("'") >= len(lines[:200]) * 2 else '"'


def _regularity(lines: Sequence[str], dialect: Dialect) -> tuple[float, int]:
    widths = [len(record) for record in itertools.islice(_records(lines, dialect), 200)]
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]


def _records(lines: Sequence[str], dialect: Dialect) -> Iterator[list[str]]:
    reader = csv.reader(
        (f"{line}\n" for line in lines), delimiter=dialect.delimiter, quotechar=dialect.quote
    )
    while True:
        try:
            if record := next(reader):
                yield record
        except StopIteration:
            return
        except csv.Error:
            continue
