"""Random source files, and what Python's csv module makes of them."""

import csv
import gzip
import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

COLUMNS = ["a", "b", "c"]
REJECT_LIMIT = 0.1

# Every character that means something to a parser, and some that look as if they did.
ALPHABET = 'ab,,""\n\r;\\. é\u2028\x1c\x85\t'

# A row without anything in it is a blank line.
_EMPTY = re.compile(rb'(?:"")?(?:,(?:"")?)*')

csv.field_size_limit(64 << 20)


@dataclass
class Reading:
    """What is to become of a file.

    Attributes:
        is_loaded: Whether it is loaded at all.
        rows: Its rows, each with the line in which it begins.
        rejects: The numbers of its bad lines.
        lines: Lines without the header; a record counts as one.
    """

    is_loaded: bool = True
    rows: list[tuple[int, str, str, str]] = field(default_factory=list)
    rejects: list[int] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return len(self.rows) + len(self.rejects)


def read(content: bytes) -> Reading:
    """Read a file as the warehouse promises to: by the csv module in its strict mode.

    A record that it does not read, or that has not three fields, costs the line in which it
    begins; reading goes on with the next line. Further fields may be there if they are empty.
    """
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError):
            return Reading(is_loaded=False)
    content = content.removeprefix("\ufeff".encode())
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    lines = content.removesuffix(b"\n").split(b"\n") if content else []
    if not lines:
        return Reading()
    if lines[0].removesuffix(b"\r") != ",".join(COLUMNS).encode():
        return Reading(is_loaded=False)
    reading = Reading()
    position = 1
    blank = 0
    while position < len(lines):
        fields, taken = _record(lines, position)
        line = lines[position].rstrip(b"\r")
        is_blank = not line.strip() or _EMPTY.fullmatch(line) is not None
        is_row = len(fields) >= len(COLUMNS) and not any(fields[len(COLUMNS) :])
        if is_row and not is_blank and not any("\0" in cell for cell in fields):
            reading.rows.append((position + 1, fields[0], fields[1], fields[2]))
            position += taken
        else:
            blank += is_blank
            reading.rejects.append(position + 1)
            position += 1
    if len(reading.rejects) - blank > REJECT_LIMIT * reading.lines:
        return Reading(is_loaded=False)
    return reading


def _record(lines: list[bytes], position: int) -> tuple[list[str], int]:
    """The fields of the record that begins in a line, and how many lines it takes."""
    taken = 0

    def text() -> Iterator[str]:
        nonlocal taken
        for line in lines[position:]:
            taken += 1
            yield line.decode() + "\n"

    try:
        return next(csv.reader(text(), strict=True)), taken
    except (csv.Error, UnicodeDecodeError):
        return [], 1


def write(chance: random.Random) -> bytes:
    """Make up a file: sometimes valid, mostly damaged, in one way or in several."""
    kind = chance.random()
    if kind < 0.02:
        return b""
    if kind < 0.04:
        return chance.randbytes(chance.randrange(1, 3000))
    if kind < 0.06:
        return chance.choice([b"a,b,c", b"a,b,c\n", b"a,b,d\n1,2,3\n", b"a,b,a\n", b"a,,c\n"])
    line_end = chance.choice(["\n", "\n", "\n", "\r\n", "\r"])
    density = chance.choice([0, 0, 0.01, 0.03, 0.08, 0.3])
    quote_all = chance.random() < 0.3
    lines = [b"a,b,c"]
    for _ in range(chance.choice([0, 1, 10, 50, 100, 200])):
        if chance.random() < density:
            lines.append(_damaged(chance))
        else:
            lines.append(_valid(chance, line_end, quote_all=quote_all))
    content = line_end.encode().join(lines)
    if chance.random() < 0.8:
        content += line_end.encode()
    if chance.random() < 0.1:
        content = "\ufeff".encode() + content
    if chance.random() < 0.1:
        content = gzip.compress(content, mtime=0)
        if chance.random() < 0.3:
            content = content[: chance.randrange(len(content))]
    return content


def _valid(chance: random.Random, line_end: str, *, quote_all: bool) -> bytes:
    if chance.random() < 0.7:
        return f"{chance.randrange(1000)},{chance.choice(['x', '', 'é'])},y".encode()
    # Python leaves a quote or a line break that is not its own line end as it is.
    alphabet = ALPHABET.replace("\n", "").replace("\r", "") if line_end == "\r" else ALPHABET
    fields = ["".join(chance.choices(alphabet, k=chance.randrange(6))) for _ in COLUMNS]
    if chance.random() < 0.01:
        fields[1] += "x" * chance.randrange(100_000)
    text = io.StringIO()
    if quote_all:
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="").writerow(fields)
    else:
        csv.writer(text, lineterminator="").writerow(fields)
    return text.getvalue().encode()


def _damaged(chance: random.Random) -> bytes:
    return chance.choice(
        [
            b"",
            b" ",
            b"1",
            b"1,2",
            b"1,2,3,4",
            b"1,\0,3",
            b"1,\xff,3",
            b'"\xc3",2,3',
            b'1,"2,3',
            b'"1,2,3',
            b'1,2,"',
            b'1,2,3"',
            b'1,5" nails,3',
            b'1,"two\nlines",5" nails',
            b'1,"2"x,3',
            b'1,""2"",3',
            b"\\.",
            b'"\\.",\\.,\\.',
            b"1,2\r,3",
            b"1,2,3\r\r",
            chance.randbytes(chance.randrange(30)),
            "".join(chance.choices(ALPHABET, k=chance.randrange(30))).encode(),
        ]
    )
