"""The lines of a file, whatever its encoding."""

import codecs
from collections.abc import Iterator

from warehouse.ingest.errors import MisreadError

# Longer than this, and it is no CSV file; without a limit it would be read into memory whole.
MAX_LINE_BYTES = 64 << 20


class LineReader:
    """Puts a file's content into blocks of whole lines, in UTF-8 with a line feed at every end.

    Attributes:
        lines: Lines in the blocks given out so far.
        ends_unfinished: Whether the last line was found to have no end.
    """

    def __init__(self, content: Iterator[bytes], encoding: str) -> None:
        """Read `content`, whose `encoding` is the name of a Python codec."""
        self.lines = 0
        self.ends_unfinished = False
        self._content = content
        self._encoding = encoding
        self._decoder = None
        # What no decoder takes comes out as bytes that are no UTF-8, and is found as such later.
        if codecs.lookup(encoding).name not in ("utf-8", "ascii"):
            self._decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")

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
        for chunk in self._content:
            yield self._as_utf8(chunk, last=False)
        yield self._as_utf8(b"", last=True)

    def _as_utf8(self, chunk: bytes, *, last: bool) -> bytes:
        if self._decoder is None:
            return chunk
        try:
            return self._decoder.decode(chunk, last).encode("utf-8", "surrogateescape")
        except UnicodeError as error:
            raise MisreadError(f"it is not {self._encoding}: {error}") from None
