"""The body of a request: SQL, an INSERT's data, or a form with external tables."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import IO

from aiohttp import BodyPartReader, StreamReader, web

from warehouse.bridge.encodings import PIECE, BlockDecoder, Decoder, FrameDecoder, PlainDecoder
from warehouse.bridge.errors import ClickHouseError
from warehouse.bridge.requests import Query


def choose_decoders(request: web.Request, query: Query) -> list[Decoder]:
    """The decoders of a request's body, the outermost first."""
    decoders: list[Decoder] = []
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity"):
        decoders.append(FrameDecoder(encoding))
    if query.native_body:
        decoders.append(BlockDecoder())
    return decoders or [PlainDecoder()]


class Body:
    """A body that is read as it arrives."""

    def __init__(self, content: StreamReader, decoders: list[Decoder]) -> None:
        self._content = content
        self._decoders = decoders
        # What the decoders have not given yet of the chunk that the head ended in.
        self._rest: Iterator[bytes] = iter(())

    async def head(self, limit: int) -> tuple[bytes, bool]:
        """Read and decode some `limit` bytes, and tell whether that is all."""
        head = bytearray()
        async for chunk in self.chunks():
            pieces = self.decode(chunk)
            for piece in pieces:
                head += piece
                if len(head) > limit:
                    self._rest = pieces
                    return bytes(head), False
        for decoder in self._decoders:
            decoder.finish()
        return bytes(head), True

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it came, undecoded; more is read only when it is asked for."""
        while chunk := await self._content.readany():
            yield chunk

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the decoded pieces of one chunk, and first what an earlier one left."""
        yield from self._rest
        yield from self._decode(chunk, self._decoders)

    def _decode(self, data: bytes, decoders: list[Decoder]) -> Iterator[bytes]:
        if not decoders:
            yield data
            return
        for piece in decoders[0].feed(data):
            yield from self._decode(piece, decoders[1:])

    def finish(self) -> Iterator[bytes]:
        """Yield what is left, and raise if the body ended in the middle of a block or frame."""
        yield from self._rest
        for decoder in self._decoders:
            decoder.finish()


@dataclass
class ExternalTable:
    """A table that came with the request, for its query alone."""

    name: str
    structure: str
    format: str
    data: IO[bytes]


@dataclass
class Form:
    """A multipart body: parameters as in the URL, and external tables."""

    parameters: dict[str, str]
    files: dict[str, IO[bytes]]

    def external_tables(self, parameters: dict[str, str]) -> list[ExternalTable]:
        """Put the files and what the parameters say of them together."""
        tables = []
        for name, data in self.files.items():
            structure = parameters.get(f"{name}_structure", "")
            types = parameters.get(f"{name}_types", "")
            if types and not structure:
                numbered = enumerate(types.split(","), 1)
                structure = ", ".join(f"_{number} {column}" for number, column in numbered)
            if not structure:
                raise ClickHouseError(
                    36,
                    "BAD_ARGUMENTS",
                    f"Neither structure nor types have been provided for external table {name}. "
                    f"Use fields {name}_structure or {name}_types to do so.",
                )
            table_format = parameters.get(f"{name}_format") or "TabSeparated"
            tables.append(ExternalTable(name, structure, table_format, data))
        return tables

    def close(self) -> None:
        """Drop the files."""
        for data in self.files.values():
            data.close()


async def read_form(request: web.Request) -> Form:
    """Read a multipart body; large files wait on disk."""
    form = Form({}, {})
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        if part.filename is None:
            form.parameters[part.name] = (await part.read(decode=True)).decode()
            continue
        data: IO[bytes] = tempfile.SpooledTemporaryFile(PIECE)  # noqa: SIM115 - closed by close()
        form.files[part.name] = data
        while chunk := await part.read_chunk(PIECE):
            data.write(chunk)
        data.seek(0)
    return form
