"""What the command line prints: headings, progress, tables, errors.

The same lines serve a terminal and the log of a build server: no cursor movement, and colour only
on a terminal that did not ask for none (https://no-color.org).
"""

import os
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

import click

_WIDTH = 79


def say(text: str = "") -> None:
    """Print a line of progress or of a result."""
    _print(text, sys.stdout)


def warn(text: str) -> None:
    """Print something that the user should know but need not act on."""
    _print(click.style(f"warehouse: {text}", fg="yellow"), sys.stderr)


def fail(text: str) -> None:
    """Print why the command ends here."""
    _print(click.style(f"warehouse: {text}", fg="red"), sys.stderr)


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Collection[int] = ()
) -> None:
    """Print rows below their header, each column as wide as its widest cell.

    Args:
        header: The columns' names.
        rows: As many cells each.
        numeric: The positions of the columns to align to the right.
    """
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for number, line in enumerate(lines):
        cells = "  ".join(
            cell.rjust(width) if column in numeric else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        say(click.style(cells.rstrip(), bold=number == 0))


def size(number_of_bytes: float) -> str:
    """Return a size for people: `812 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if number_of_bytes < 999.5:  # what is rounded to 1000 is 1 of the next
            return f"{number_of_bytes:.3g} {unit}"
        number_of_bytes /= 1000
    return f"{number_of_bytes:.3g} TB"


class Steps:
    """The numbered steps of a long command, each with the time that it took."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print a heading, then, when the block is left, how long it took."""
        self._number += 1
        heading = f"── {self._number}/{self._total} {title} "
        say(click.style(heading.ljust(_WIDTH, "─"), bold=True))
        started = time.monotonic()
        verdict = "failed after"
        try:
            yield
            verdict = "done in"
        finally:
            say(click.style(f"   {verdict} {duration(time.monotonic() - started)}", dim=True))


def duration(seconds: float) -> str:
    """Return a time span for people: `4.1 s`, `2 min 05 s`."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"


def _print(text: str, stream: TextIO) -> None:
    colour = stream.isatty() and not os.environ.get("NO_COLOR")
    # Flushed, or the lines of the programs that are run in between would come first in a log.
    print(text if colour else click.unstyle(text), file=stream, flush=True)
