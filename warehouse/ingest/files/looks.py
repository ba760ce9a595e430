"""What a file that cannot be read as its stream says looks like, and what would read it.

It is asked once a file is refused, and only words the refusal: no file is read in another way than
meltano.yml says.
"""

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Sequence

from warehouse.ingest.files.names import column_name
from warehouse.ingest.sources import CSV, JSON_LINES, Dialect

# How much of a file's beginning is looked at.
START_BYTES = 1 << 16

_EXPORT = "export it as CSV"
_UNPACK = "unpack it (of packed files, gzip and zip are read)"

# How formats that are no text begin.
_MAGIC = (
    (b"%PDF-", "a PDF", _EXPORT),
    (b"PAR1", "a Parquet file", _EXPORT),
    (b"SQLite format 3\0", "an SQLite database", _EXPORT),
    (b"Obj\x01", "an Avro file", _EXPORT),
    (b"\x1f\x8b", "gzip that is packed with gzip once more", "unpack it once"),
    (b"BZh", "a bzip2 file", _UNPACK),
    (b"\xfd7zXZ\0", "an xz file", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd file", _UNPACK),
    (b"7z\xbc\xaf", "a 7z file", _UNPACK),
    (b"Rar!", "a RAR file", _UNPACK),
)

# The longer ones first: UTF-32 begins as UTF-16 does.
_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

_DELIMITERS = ",;\t|"
_QUOTES = "\"'"

# How far the header is looked for below titles.
_MOST_LINES = 20


def looks_like(start: bytes, dialect: Dialect, declared: Collection[str] = ()) -> str | None:
    """Say what a refused file looks like and what to do, as it follows the file's name.

    Args:
        start: Its first bytes, unpacked if it is gzip.
        dialect: How it should be written.
        declared: The columns that it should have.

    Returns:
        None if it looks like nothing that is known.
    """
    if not start:
        return None
    return (
        _other_format(start)
        or _other_encoding(start, dialect)
        or _other_text(start, dialect, declared)
    )


def is_no_table(start: bytes) -> str | None:
    """Say so of what is neither CSV nor JSON, whatever its stream says."""
    text = start.decode("utf-8", "replace").removeprefix("\ufeff")
    return _other_format(start) or _markup(text)


def _other_format(start: bytes) -> str | None:
    for magic, name, advice in _MAGIC:
        if start.startswith(magic):
            return f"it looks like {name}: {advice}"
    if not start.strip(b"\0"):
        return "it begins with nothing but NUL bytes, as after a crash: get it again"
    return None


def _other_encoding(start: bytes, dialect: Dialect) -> str | None:
    encoding = _wide_encoding(start)
    if encoding is None:
        if b"\0" not in start and dialect.encoding.lower().startswith(("utf-16", "utf-32")):
            return (
                f"it is not {dialect.encoding}: leave out 'encoding' of its stream in meltano.yml, "
                f"or name the encoding that it has"
            )
        return None
    if encoding[:6] == dialect.encoding.lower()[:6].replace("_", "-"):
        return None
    settings = [f"encoding: {encoding}"]
    line = start.decode(encoding, "replace").lstrip("\ufeff").partition("\n")[0]
    commonest = max(_DELIMITERS, key=line.count)
    if dialect.format == CSV and line.count(commonest) > line.count(dialect.delimiter):
        settings.append(f"delimiter: {json.dumps(commonest)}")
    return f"it looks like {encoding.upper()}: {_set(*settings)}"


def _wide_encoding(start: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    # In UTF-16 without a mark, every other byte of plain letters is NUL.
    pairs = start[: min(200, len(start) // 2 * 2)]
    if len(pairs) >= 4:
        for encoding, empty, filled in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
            if not pairs[empty::2].strip(b"\0") and b"\0" not in pairs[filled::2]:
                return encoding
    return None


def _other_text(start: bytes, dialect: Dialect, declared: Collection[str]) -> str | None:
    text = start.decode(dialect.encoding, "replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MOST_LINES]
    if markup := _markup(text):
        return markup
    if dialect.format == JSON_LINES:
        return _no_json(lines, declared)
    if json_in_csv := _json(text):
        return json_in_csv
    return _other_header(lines, dialect, declared)


def _markup(text: str) -> str | None:
    beginning = text.lstrip()[:1000].lower()
    if beginning.startswith(("<!doctype html", "<html", "<head", "<body", "<script")):
        return (
            "it looks like a web page (HTML), such as the error or the login page of a download: "
            "get the file again"
        )
    if beginning.startswith("<table"):
        return f"it looks like a table of a web page (HTML): {_EXPORT}"
    if beginning.startswith("<?xml"):
        return f"it looks like XML: {_EXPORT}"
    return None


def _json(text: str) -> str | None:
    beginning = text.lstrip()
    if re.match(r'\{\s*(\}|")', beginning):
        if _is_object(beginning.partition("\n")[0]):
            return f"it looks like JSON-lines: {_set('format: jsonl')}"
        return "it looks like JSON: write one object a line, and " + _set("format: jsonl")
    if re.match(r"\[\s*(\{|\[|\])", beginning):
        return "it looks like a JSON array: write one object a line, and " + _set("format: jsonl")
    return None


def _no_json(lines: Sequence[str], declared: Collection[str]) -> str | None:
    if lines[0].lstrip().startswith("["):
        return "it looks like a JSON array: write one object a line"
    if lines[0].strip() in ("{", "{}") and not _is_object(lines[0]):
        return "it looks like JSON that is spread over lines: write one object a line"
    if not lines[0].lstrip().startswith("{"):
        for delimiter, quote in _ways():
            if _known(lines[0], (delimiter, quote), declared) >= 2:
                settings = ["format: csv"]
                if delimiter != ",":
                    settings.append(f"delimiter: {json.dumps(delimiter)}")
                return f"it looks like CSV: {_set(*settings)}"
    return None


def _other_header(lines: Sequence[str], dialect: Dialect, declared: Collection[str]) -> str | None:
    """Say in which line, and written in which way, the declared columns stand, if they do."""
    as_said = (dialect.delimiter, dialect.quote)
    least = max(1, _known(lines[0], as_said, declared))
    for number, line in enumerate(lines, 1):
        ways = sorted(_ways(), key=lambda way: (way != as_said, way[1] not in line, way[1]))
        known = {way: _known(line, way, declared) for way in ways}
        best = max(ways, key=known.__getitem__)
        if known[best] > least:
            return _header_at(number, best, dialect)
    return None


def _header_at(number: int, way: tuple[str, str], dialect: Dialect) -> str | None:
    settings = []
    if way[0] != dialect.delimiter:
        settings.append(f"delimiter: {json.dumps(way[0])}")
    if way[1] != dialect.quote:
        settings.append(f"quote: {json.dumps(way[1])}")
    if settings:
        name = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}[way[0]]
        separated = (
            f"its fields seem to be separated by {name}: " if way[0] != dialect.delimiter else ""
        )
        return separated + _set(*settings)
    # A title with fewer fields would have been passed over.
    return (
        f"its header seems to be line {number}, below lines with as many fields: "
        f"delete the lines above it"
    )


def _known(line: str, way: tuple[str, str], declared: Collection[str]) -> int:
    """How many of the declared columns a line names, written with this separator and quote."""
    delimiter, quote = way
    try:
        [cells] = csv.reader(io.StringIO(line), delimiter=delimiter, quotechar=quote)
    except (csv.Error, ValueError):
        return 0
    return len({column_name(cell) for cell in cells} & set(declared))


def _ways() -> Iterator[tuple[str, str]]:
    return ((delimiter, quote) for delimiter in _DELIMITERS for quote in _QUOTES)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _set(*settings: str) -> str:
    return f"set {' and '.join(settings)} at its stream in meltano.yml"
