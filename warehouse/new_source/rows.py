"""The rows of source files, all of them, one batch after the other."""

import codecs
import contextlib
import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from warehouse import exact_json
from warehouse.errors import UserError
from warehouse.ingest.errors import MisreadError, RefusedFileError
from warehouse.ingest.files.content import FileContent
from warehouse.ingest.files.header import find_head
from warehouse.ingest.files.lines import LineReader
from warehouse.ingest.sources import Dialect

_ROWS_AT_ONCE = 20_000
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")

# What a refusal advises for a stream that is there already.
_BLOCK = re.compile("with sheet: (.*) at its stream in meltano.yml")

Field = str | None


class Batch(NamedTuple):
    """Rows of one file, column by column.

    Attributes:
        file: Which of the files, in the order of their names, from 0.
        columns: The fields of each column; None where a JSON object lacks it.
    """

    file: int
    columns: Sequence[Sequence[Field]]

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.columns[0])

    def distinct(self, position: int) -> dict[str, None]:
        """What stands in a column, without blanks around it, each once in the order of rows."""
        fields = dict.fromkeys(self.columns[position])
        return {text: None for field in fields if field and (text := field.strip())}


def blocks_of(file: Path, dialect: Dialect) -> Iterator[bytes]:
    """Yield the content of a file in blocks of whole lines, unpacked and in UTF-8.

    Raises:
        UserError: It cannot be read.
    """
    with _opened(file, dialect) as content:
        yield from LineReader(content.chunks(), lambda: content.encoding).blocks()


def encoding_of(files: Sequence[Path], dialect: Dialect) -> str:
    """The encoding of files: all of them is read, since it may show in the last line alone.

    Raises:
        UserError: One cannot be read.
    """
    possible = ["utf-8", "cp1252"]
    for number, file in enumerate(files):
        decoders = {name: codecs.getincrementaldecoder(name)() for name in possible}
        with _opened(file, dialect) as content:
            for place, chunk in enumerate(content.chunks()):
                if number == place == 0 and chunk[:2] in _BYTE_ORDER_MARKS:
                    return "utf-16"
                for name in possible if not chunk.isascii() else ():
                    try:
                        decoders[name].decode(chunk)
                    except UnicodeDecodeError:
                        possible = [other for other in possible if other != name]
    return possible[0] if possible else "latin-1"


@contextlib.contextmanager
def _opened(file: Path, dialect: Dialect) -> Iterator[FileContent]:
    try:
        with file.open("rb", buffering=0) as opened:
            yield FileContent(opened, dialect)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from None
    except RefusedFileError as error:
        reason = _BLOCK.sub("behind the pattern, as in 'x.xlsx#\\1'", str(error))
        raise UserError(f"{file} cannot become a source: {reason}") from None


def csv_rows(
    files: Sequence[tuple[int, Path]], dialect: Dialect, columns: Sequence[str]
) -> Iterator[Batch]:
    """Yield the rows of CSV files; those of other columns are passed over.

    Args:
        files: Each with its number.
        dialect: How they are written.
        columns: The names of their columns, in the order of the fields that are yielded.
    """
    for number, file in files:
        blocks = blocks_of(file, dialect)
        start = next(blocks, b"")
        try:
            head = find_head(start, dialect, columns)
        except MisreadError:
            continue
        if head is None or set(head.columns) != set(columns):
            continue
        rest = start.split(b"\n", head.lines)[-1]
        reader = csv.reader(
            _lines(itertools.chain((rest,), blocks)),
            delimiter=head.dialect.delimiter,
            quotechar=head.dialect.quote,
        )
        order = [head.columns.index(column) for column in columns]
        width, header = len(columns), list(head.record.cells)
        while rows := list(itertools.islice(reader, _ROWS_AT_ONCE)):
            if set(map(len, rows)) != {width} or header in rows:
                rows = [row[:width] for row in rows if _is_row(row, width) and row != header]
            if rows:
                fields = list(zip(*rows, strict=True))
                yield Batch(number, [fields[place] for place in order])


def _is_row(row: Sequence[str], width: int) -> bool:
    return len(row) == width or (len(row) > width and not any(row[width:]))


def json_rows(
    files: Sequence[tuple[int, Path]], dialect: Dialect, headers: Sequence[str]
) -> Iterator[Batch]:
    """Yield the rows of JSON-lines files, a field for each key."""
    for number, file in files:
        objects = json_objects(file, dialect)
        while fields := list(itertools.islice(objects, _ROWS_AT_ONCE)):
            yield Batch(number, [[each.get(key) for each in fields] for key in headers])


def json_objects(file: Path, dialect: Dialect) -> Iterator[dict[str, str | None]]:
    """Yield the objects of a JSON-lines file, each value as the text of a field."""
    for line in _lines(blocks_of(file, dialect)):
        try:
            value = exact_json.parse(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, exact_json.Members):
            yield {key: exact_json.text(item) for key, item in value}


def _lines(blocks: Iterator[bytes]) -> Iterator[str]:
    """The lines of blocks, each with its end."""
    for block in blocks:
        yield from io.StringIO(block.decode("utf-8", "replace"), newline="\n")
