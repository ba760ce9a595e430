"""The content of a source file: measured as it lies, and unpacked if it is packed."""

import contextlib
import hashlib
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO

from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.files import archive, workbook
from warehouse.ingest.files.looks import START_BYTES
from warehouse.ingest.sources import CSV, Dialect

BLOCK_BYTES = 1 << 20

_GZIP_MAGIC = b"\x1f\x8b"


class FileContent:
    """Reads a file once, from its beginning to its end.

    Attributes:
        size: Bytes of the file read so far; if it is packed, of the packed file.
        is_packed: Whether it is gzip, a zip or a workbook, once reading has begun.
        is_workbook: Whether its content is that of a workbook's sheet, once reading has begun.
        start: The first bytes of the content, once they have been read.
    """

    def __init__(self, file: BinaryIO, dialect: Dialect) -> None:
        """Read `file`, which is unbuffered and at its beginning, and written in `dialect`."""
        self.size = 0
        self.is_packed = False
        self.is_workbook = False
        self._file = file
        self._dialect = dialect
        self._digest = hashlib.sha256()
        self.start = b""

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the bytes of the file read so far."""
        return self._digest.hexdigest()

    @property
    def encoding(self) -> str:
        """The encoding of the content, once reading has begun: that of a sheet is UTF-8."""
        return "utf-8" if self.is_workbook else self._dialect.encoding

    def chunks(self) -> Iterator[bytes]:
        """Yield the content, unpacked, in pieces of about `BLOCK_BYTES`.

        Raises:
            RefusedFileError: It is packed, and damaged or cut short; or there is not one file or
                sheet in it.
        """
        chunks = self._raw_chunks()
        first = next(chunks, b"")
        if first.startswith(_GZIP_MAGIC):
            self.is_packed = True
            chunks = _gathered(_unpacked(first, chunks))
            first = next(chunks, b"")
        is_zipped = False
        with contextlib.ExitStack() as kept:
            # A workbook may lie in a zip.
            while first.startswith((*archive.MAGIC, workbook.OLD_MAGIC)) and not self.is_workbook:
                content = kept.enter_context(archive.whole(first, chunks))
                if first.startswith(workbook.OLD_MAGIC) or archive.is_workbook(content):
                    chunks = self._sheet(content)
                elif is_zipped:
                    raise RefusedFileError("it is a zip within a zip: unpack it once")
                else:
                    self.is_packed = is_zipped = True
                    chunks = _gathered(archive.only_member(content))
                first = next(chunks, b"")
            self.start = first[:START_BYTES]
            if first:
                yield first
                yield from chunks

    def _sheet(self, content: IO[bytes]) -> Iterator[bytes]:
        if self._dialect.format != CSV:
            raise RefusedFileError(
                f"it looks like a workbook: take 'format: {self._dialect.format}' of its stream in "
                f"meltano.yml away"
            )
        self.is_packed = self.is_workbook = True
        return _gathered(workbook.sheet_as_csv(content, self._dialect))

    def _raw_chunks(self) -> Iterator[bytes]:
        while chunk := self._file.read(BLOCK_BYTES):
            self.size += len(chunk)
            self._digest.update(chunk)
            yield chunk


def _unpacked(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack the members of a gzip file, as much at a time as `BLOCK_BYTES` hold."""
    member = _gzip_member()
    chunk = first
    try:
        while True:
            # Members may follow one another, and be padded with zeros.
            if member.eof and (chunk := chunk.lstrip(b"\0")):
                member = _gzip_member()
            if chunk:
                data = member.decompress(chunk, BLOCK_BYTES)
                chunk = member.unused_data if member.eof else member.unconsumed_tail
                if data:
                    yield data
            elif not (chunk := next(others, b"")):
                break
    except zlib.error as error:
        raise RefusedFileError(f"it is a damaged gzip file: {error}") from None
    if not member.eof:
        raise RefusedFileError("it is a gzip file that is cut short: load it when it is complete")


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join small pieces: some programs write a gzip member for every few lines."""
    gathered: list[bytes] = []
    size = 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size >= BLOCK_BYTES:
            yield b"".join(gathered)
            gathered = []
            size = 0
    if gathered:
        yield b"".join(gathered)


def _gzip_member() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
