"""One pass through a source file, from its first line to the check that it is all there."""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from functools import cached_property
from typing import BinaryIO

from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.files.content import FileContent
from warehouse.ingest.files.lines import LineReader
from warehouse.ingest.singer.manifest import SourceFile
from warehouse.ingest.sources import Dialect

_SECONDS_BETWEEN_LOOKS = 0.1


class Reading:
    """A source file that is being read.

    Attributes:
        blocks: Blocks of whole lines, those that have not been taken yet.
    """

    def __init__(self, file: SourceFile, content: BinaryIO, dialect: Dialect) -> None:
        """Read nothing yet."""
        self._file = file
        self._content = FileContent(content, dialect)
        self._lines = LineReader(self._content.chunks(), lambda: self._content.encoding)
        self.blocks = self._lines.blocks()

    @cached_property
    def beginning(self) -> bytes:
        """The first block, which stays among the blocks; nothing if there is none."""
        first = next(self.blocks, b"")
        self.blocks = itertools.chain((first,) if first else (), self.blocks)
        return first

    def blocks_behind(self, lines: int) -> Iterator[bytes]:
        """The blocks without so many lines of the first one."""
        rest = next(self.blocks).split(b"\n", lines)[-1]
        return itertools.chain((rest,) if rest else (), self.blocks)

    @property
    def is_sheet(self) -> bool:
        """Whether it is the sheet of a workbook, once reading has begun."""
        return self._content.is_workbook

    @property
    def size(self) -> int:
        """Bytes of the file read so far."""
        return self._content.size

    @property
    def start(self) -> bytes:
        """The first bytes of the content, once they have been read."""
        return self._content.start

    @property
    def lines(self) -> int:
        """Lines read so far, with the header."""
        return self._lines.lines

    def check_complete(self, settle_seconds: float) -> None:
        """At the end: make sure that nobody is writing the file.

        A program that writes it in pieces seldom stops at the end of a line. So a file whose last
        line has no end is looked at again when it has been left alone for `settle_seconds`.

        Raises:
            RefusedFileError: It is not as it was listed, or changes.
        """
        file = self._file
        if (self._content.size, self._content.sha256) != (file.size, file.sha256):
            raise RefusedFileError("it changed while it was read: load it when it is complete")
        if not self._lines.ends_unfinished:
            return
        then = _stat(file)
        # A clock that is ahead of this one would make the file younger than it can be.
        age = max(0.0, time.time() - then.st_mtime)
        end = time.monotonic() + settle_seconds - age
        while time.monotonic() < end:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            found = _stat(file)
            if (found.st_size, found.st_mtime_ns) != (file.size, then.st_mtime_ns):
                raise RefusedFileError("it is being written: load it when it is complete")


@contextlib.contextmanager
def reading(file: SourceFile, dialect: Dialect) -> Iterator[Reading]:
    """Open a file that is written in a dialect.

    Raises:
        RefusedFileError: It cannot be read.
    """
    try:
        content = file.path.open("rb", buffering=0)
    except OSError as error:
        raise RefusedFileError(f"it cannot be read: {error.strerror}") from None
    with content:
        yield Reading(file, content, dialect)


def _stat(file: SourceFile) -> os.stat_result:
    try:
        return file.path.stat()
    except OSError as error:
        raise RefusedFileError(f"it cannot be read: {error.strerror}") from None
