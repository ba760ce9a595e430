"""Compressed request bodies: HTTP's own encodings, and ClickHouse's native blocks.

Every decoder gives its output in bounded pieces, so that a small upload that unfolds to much is
no danger to the memory.
"""

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import lz4.block  # type: ignore[import-untyped]
import lz4.frame  # type: ignore[import-untyped]
from backports import zstd
from clickhouse_cityhash.cityhash import CityHash128  # type: ignore[import-untyped]

from warehouse.bridge.errors import ClickHouseError

PIECE = 2**20


class Decoder(Protocol):
    """Undoes one encoding of a request body."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what comes out for the next piece of the body."""
        ...

    def finish(self) -> None:
        """Raise if the body ended too early."""
        ...


class _Decompressor(Protocol):
    """The interface that the standard library's decompressors share."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Inflate:
    """zlib's decompressor with the interface that its siblings have; reads gzip and deflate."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        self._has_more = False

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._has_more

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        piece = self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)
        self._has_more = len(piece) == max_length
        return piece


_DECOMPRESSORS: dict[str, Callable[[], _Decompressor]] = {
    "gzip": _Inflate,
    "x-gzip": _Inflate,
    "deflate": _Inflate,
    "zstd": zstd.ZstdDecompressor,
    "lz4": lz4.frame.LZ4FrameDecompressor,
    "xz": lzma.LZMADecompressor,
    "bz2": bz2.BZ2Decompressor,
}


class PlainDecoder:
    """A body that is not compressed."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Pass the data on."""
        yield data

    def finish(self) -> None:
        """Plain data may end anywhere."""


class FrameDecoder:
    """A body in one of HTTP's encodings; several frames or members may follow one another."""

    def __init__(self, encoding: str) -> None:
        if encoding not in _DECOMPRESSORS:
            raise ClickHouseError(
                48,
                "NOT_IMPLEMENTED",
                f"Unknown compression method '{encoding}' of the request body",
            )
        self._new = _DECOMPRESSORS[encoding]
        self._current: _Decompressor | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the decompressed data, a mebibyte at most at a time."""
        while data or (self._current and not self._current.needs_input):
            current = self._current = self._current or self._new()
            try:
                piece = current.decompress(data, PIECE)
            except (zlib.error, lzma.LZMAError, zstd.ZstdError, OSError, RuntimeError) as error:
                raise _cannot_decompress(str(error)) from None
            if piece:
                yield piece
            data = b""
            if current.eof:
                data = current.unused_data or b""
                self._current = None

    def finish(self) -> None:
        """Raise if the last frame is not complete."""
        if self._current:
            raise _cannot_decompress("the request body ends in the middle of a compressed frame")


_CHECKSUM = 16
_HEADER = struct.Struct("<BII")
_NONE, _LZ4, _ZSTD = 0x02, 0x82, 0x90
_MAX_BLOCK = 2**30


class BlockDecoder:
    """A body of ClickHouse's own compressed blocks, as with the parameter `decompress=1`."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the content of every block that is complete."""
        self._buffer += data
        while len(self._buffer) >= _CHECKSUM + _HEADER.size:
            method, size, original_size = _HEADER.unpack_from(self._buffer, _CHECKSUM)
            if not _HEADER.size <= size <= _MAX_BLOCK or original_size > _MAX_BLOCK:
                raise _cannot_decompress("the size of a block of the request body is impossible")
            if len(self._buffer) < _CHECKSUM + size:
                return
            checksum = bytes(self._buffer[:_CHECKSUM])
            block = bytes(self._buffer[_CHECKSUM : _CHECKSUM + size])
            del self._buffer[: _CHECKSUM + size]
            if _checksum(block) != checksum:
                raise ClickHouseError(
                    40, "CHECKSUM_DOESNT_MATCH", "Checksum doesn't match: corrupted request body"
                )
            yield _decompress_block(method, block[_HEADER.size :], original_size)

    def finish(self) -> None:
        """Raise if the last block is not complete."""
        if self._buffer:
            raise _cannot_decompress("the request body ends in the middle of a compressed block")


def encode_block(data: bytes) -> bytes:
    """Make one of ClickHouse's compressed blocks, with LZ4."""
    compressed = lz4.block.compress(data, store_size=False)
    block = _HEADER.pack(_LZ4, _HEADER.size + len(compressed), len(data)) + compressed
    return _checksum(block) + bytes(block)


def _decompress_block(method: int, data: bytes, original_size: int) -> bytes:
    try:
        if method == _LZ4:
            return bytes(lz4.block.decompress(data, uncompressed_size=original_size))
        if method == _ZSTD:
            return zstd.decompress(data)
    except (lz4.block.LZ4BlockError, zstd.ZstdError) as error:
        raise _cannot_decompress(str(error)) from None
    if method == _NONE:
        return data
    raise _cannot_decompress(f"unknown compression method {method:#x} of a block")


def _checksum(block: bytes) -> bytes:
    value: int = CityHash128(block)
    return struct.pack("<QQ", value >> 64, value & (2**64 - 1))


def _cannot_decompress(message: str) -> ClickHouseError:
    return ClickHouseError(271, "CANNOT_DECOMPRESS", f"Cannot decompress: {message}")


def encode_frame(encoding: str, data: bytes) -> bytes:
    """Compress a short text as one frame that may follow others of the same encoding."""
    if encoding == "zstd":
        return zstd.compress(data)
    if encoding == "lz4":
        return bytes(lz4.frame.compress(data))
    if encoding == "gzip":
        compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        return compressor.compress(data) + compressor.flush()
    raise ValueError(encoding)


# What a response can be compressed with, the first that the client takes winning.
RESPONSE_ENCODINGS = ("zstd", "lz4", "gzip")
