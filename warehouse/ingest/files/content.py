"""The content of a source file: measured as it lies, and unpacked if it is gzip."""

import hashlib
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.files.looks import START_BYTES

BLOCK_BYTES = 1 << 20

_GZIP_MAGIC = b"\x1f\x8b"


class FileContent:
    """Reads a file once, from its beginning to its end.

    Attributes:
        size: Bytes of the file read so far; if it is packed, of the packed file.
        is_packed: Whether it is gzip, once reading has begun.
        start: The first bytes of the content, once they have been read.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Read `file`, which is unbuffered and at its beginning."""
        self.size = 0
        self.is_packed = False
        self._file = file
        self._digest = hashlib.sha256()
        self.start = b""

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the bytes of the file read so far."""
        return self._digest.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """Yield the content, unpacked, in pieces of about `BLOCK_BYTES`.

        Raises:
            RefusedFileError: It is a gzip file that is damaged or cut short.
        """
        chunks = self._raw_chunks()
        first = next(chunks, b"")
        if first.startswith(_GZIP_MAGIC):
            self.is_packed = True
            chunks = _gathered(_unpacked(first, chunks))
            first = next(chunks, b"")
        self.start = first[:START_BYTES]
        if first:
            yield first
            yield from chunks

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
