"""The lines of a file, whatever its encoding."""

import codecs
import csv
import itertools
from collections.abc import Callable, Iterator

from warehouse.ingest.errors import MisreadError

# Longer than this, and it is no CSV file; without a limit it would be read into memory whole.
MAX_LINE_BYTES = 64 << 20
csv.field_size_limit(MAX_LINE_BYTES)


class LineReader:
    """Puts a file's content into blocks of whole lines, in UTF-8 with a line feed at every end.

    Attributes:
        lines: Lines in the blocks given out so far.
        ends_unfinished: Whether the last line was found to have no end.
    """

    def __init__(self, content: Iterator[bytes], encoding: Callable[[], str]) -> None:
        """Prepare to read.

        Args:
            content: The content of the file.
            encoding: Tells the name of its codec, once its first piece is there.
        """
        self.lines = 0
        self.ends_unfinished = False
        self._content = content
        self._encoding = encoding

    def blocks(self) -> Iterator[bytes]:
        """Yield blocks of whole lines, each about as long as a piece of the content.

        Raises:
            MisreadError: A line is longer than `MAX_LINE_BYTES`, or the file is not of its
                encoding in a way from which reading cannot go on.
        """
        start: list[bytes] = []
        for chunk in self._chunks():
            end = chunk.rfind(b"\n") + 1
            if end:
                yield self._counted(b"".join((*start, chunk[:end])))
                start = []
            if end < len(chunk):
                start.append(chunk[end:])
            if sum(map(len, start)) > MAX_LINE_BYTES:
                raise MisreadError(
                    f"line {self.lines + 1} is longer than {MAX_LINE_BYTES >> 20} MiB: "
                    f"this is not a file of lines"
                )
        if start:
            self.ends_unfinished = True
            yield self._counted(b"".join((*start, b"\n")))

    def _counted(self, block: bytes) -> bytes:
        self.lines += block.count(b"\n")
        return block

    def _chunks(self) -> Iterator[bytes]:
        first = True
        carriage_returns_only = False
        for chunk in self._decoded():
            if first:
                first = False
                chunk = chunk.removeprefix(codecs.BOM_UTF8)
                carriage_returns_only = b"\r" in chunk and b"\n" not in chunk
            yield chunk.replace(b"\r", b"\n") if carriage_returns_only else chunk

    def _decoded(self) -> Iterator[bytes]:
        first = next(self._content, b"")
        encoding = self._encoding()
        if codecs.lookup(encoding).name in ("utf-8", "ascii"):
            yield first
            yield from self._content
            return
        # What no decoder takes comes out as bytes that are no UTF-8, and is found as such later.
        decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
        try:
            for chunk in itertools.chain((first,), self._content):
                yield decoder.decode(chunk).encode("utf-8", "surrogateescape")
            yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")
        except UnicodeError as error:
            raise MisreadError(f"it is not {encoding}: {error}") from None
