"""From the bytes of a JSON-lines file to rows that COPY takes, and the lines that are no objects.

Each line is an object of its own, so a bad one costs itself alone. A column may turn up at any
line: the rows from its block on have it, and for those before it is null.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from warehouse import exact_json
from warehouse.ingest.files.names import column_name
from warehouse.ingest.files.records import Layout, Rows
from warehouse.ingest.raw.rejects import BLANK, END_MARK, Reject, is_end_mark, readable

_column = lru_cache(maxsize=10_000)(column_name)

# What PostgreSQL's text cannot hold.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class _BadLineError(Exception):
    """The line is no row; the text says why."""


class JsonLines:
    """Makes rows of JSON-lines.

    Attributes:
        seen: The columns that at least one row has.
    """

    def __init__(
        self, columns: Sequence[str], encoding: str, reject: Callable[[Reject], None]
    ) -> None:
        """Prepare to read.

        Args:
            columns: Those that every row has, be it as null.
            encoding: How the file is encoded.
            reject: Called with each bad line.
        """
        self.seen: set[str] = set()
        self._columns = dict.fromkeys(columns)
        self._encoding = encoding
        self._reject = reject

    def split(self, blocks: Iterator[bytes], first_line: int) -> Iterator[Rows]:
        """Yield the rows of `blocks`, whose first line has the number `first_line`."""
        for block in blocks:
            lines = block.split(b"\n")
            lines.pop()
            good = [
                (number, fields)
                for number, line in enumerate(lines, first_line)
                if (fields := self._fields(number, line)) is not None
            ]
            for _, fields in good:
                self._columns.update(dict.fromkeys(fields))
                self.seen.update(fields)
            columns = tuple(self._columns)
            yield Rows(
                layout=Layout(columns, numbered=True, has_nulls=True),
                first_line=first_line,
                size=len(good),
                lines=len(good),
                data="".join(_csv(number, fields, columns) for number, fields in good).encode(),
            )
            first_line += len(lines)

    def _fields(self, number: int, line: bytes) -> dict[str, str | None] | None:
        """The fields of a line by column; None if it was rejected."""
        line = line.removesuffix(b"\r")
        try:
            return _parsed(line)
        except _BadLineError as error:
            reason = str(error)
        except UnicodeDecodeError:
            reason = f"not valid {self._encoding}"
        except ValueError as error:
            reason = f"not JSON: {error}"
        except RecursionError:
            reason = "nested too deep"
        self._reject(Reject(number, reason, readable(line)))
        return None


def _parsed(line: bytes) -> dict[str, str | None]:
    if not line.strip():
        raise _BadLineError(BLANK)
    if is_end_mark(line):
        raise _BadLineError(END_MARK)
    members = exact_json.parse(line.decode())
    if not isinstance(members, exact_json.Members):
        raise _BadLineError("JSON, but not an object")
    if repeated := members.repeated_key():
        raise _BadLineError(f"key {repeated!r} more than once")
    fields = {_column(key): exact_json.text(value) for key, value in members}
    if "" in fields:
        raise _BadLineError("a key without a letter or digit")
    if len(fields) < len(members):
        raise _BadLineError("two keys that give the same column")
    # In a text that is UTF-8 and JSON they can only stand as escapes.
    if b"\\u" in line and any(value and _UNSTORABLE.search(value) for value in fields.values()):
        raise _BadLineError("a character that is no text: NUL or half of a surrogate pair")
    return fields


def _csv(number: int, fields: dict[str, str | None], columns: Sequence[str]) -> str:
    """A row for COPY: null is nothing at all, and the empty text is a pair of quotes."""
    cells = [
        "" if value is None else '"' + value.replace('"', '""') + '"'
        for value in map(fields.get, columns)
    ]
    return f"{','.join(cells)},{number}\n"
