"""Responses as a ClickHouse server gives them."""

import asyncio
import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import HttpVersion11, web

from warehouse.bridge.encodings import encode_block, encode_frame
from warehouse.bridge.engine import Counters, Engine
from warehouse.bridge.errors import ClickHouseError
from warehouse.bridge.requests import Query

_TAG_LETTERS = string.ascii_lowercase + string.digits
_EXPOSED = (
    "X-ClickHouse-Query-Id,X-ClickHouse-Summary,X-ClickHouse-Server-Display-Name,"
    "X-ClickHouse-Format,X-ClickHouse-Timezone,X-ClickHouse-Exception-Code,"
    "X-ClickHouse-Exception-Tag"
)


class _EarlyResponse(web.StreamResponse):
    """A response whose status line has been sent already, ahead of progress headers."""

    last_progress = ""

    async def _write_headers(self) -> None:
        writer = self._payload_writer
        assert writer is not None  # noqa: S101 - set by the caller, aiohttp's own prepare()
        # In the place of the status line stands one more header.
        await writer.write_headers(self.last_progress, self._headers)


@dataclass(frozen=True)
class Result:
    """A result that is small enough to be held.

    Attributes:
        body: What the engine wrote.
        counters: Its counters.
        format: Format of the body, if it is a result set.
        is_compressed: Whether the body is in the encoding that the client accepts.
    """

    body: bytes
    counters: Counters
    format: str | None = None
    is_compressed: bool = False


class Responder:
    """Writes the response to one query."""

    def __init__(self, request: web.Request, query: Query, engine: Engine, server: str) -> None:
        self._request = request
        self._query = query
        self._engine = engine
        self._tag = "".join(secrets.choice(_TAG_LETTERS) for _ in range(16))
        self._headers = {
            "X-ClickHouse-Server-Display-Name": server,
            "X-ClickHouse-Query-Id": query.id,
            "X-ClickHouse-Timezone": query.timezone,
            "X-ClickHouse-Exception-Tag": self._tag,
            "Access-Control-Expose-Headers": _EXPOSED,
        }
        self._progress: Mapping[str, int] = {}
        self._ticker: asyncio.Task[None] | None = None
        self._is_early = False
        self._response: web.StreamResponse | None = None

    def update_progress(self, progress: Mapping[str, int]) -> None:
        """Take the engine's counters; called from its threads."""
        self._progress = progress

    def start_progress(self) -> None:
        """Send progress headers now and then until the response begins, if they are wanted.

        They keep clients and proxies from giving up on a long query.
        """
        if self._query.progress_interval is not None and self._request.version >= HttpVersion11:
            self._ticker = asyncio.ensure_future(self._send_progress(self._query.progress_interval))

    async def _send_progress(self, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            transport = self._request.transport
            if transport is None:
                return
            lines = f"{self._progress_header()}\r\n"
            if not self._is_early:
                self._is_early = True
                lines = f"HTTP/1.1 200 OK\r\n{lines}"
            transport.write(lines.encode())

    def _progress_header(self) -> str:
        return f"X-ClickHouse-Progress: {_summary(self._progress)}"

    def stop_progress(self) -> None:
        """Send no more progress headers."""
        if self._ticker:
            self._ticker.cancel()
            self._ticker = None

    async def finish(self, result: Result | None) -> None:
        """Send a whole result, or the end of one that has been sent in pieces."""
        if result:
            await self._begin(
                result.format,
                result.counters,
                length=len(result.body),
                is_compressed=result.is_compressed,
            )
            await self.write(result.body)
        await self.response.write_eof()

    async def begin(self, output_format: str, counters: Counters | None) -> None:
        """Send the headers of a result whose size is not known; its pieces follow.

        Args:
            output_format: Format of the result.
            counters: What the summary is to say, if the query has ended.
        """
        await self._begin(output_format, counters, is_compressed=True)

    async def _begin(
        self,
        output_format: str | None,
        counters: Counters | None = None,
        *,
        length: int | None = None,
        is_compressed: bool = False,
        error: ClickHouseError | None = None,
    ) -> None:
        self.stop_progress()
        response: web.StreamResponse
        status = error.status if error else 200
        if self._is_early:
            response = _EarlyResponse(status=status)
            response.last_progress = self._progress_header()
        else:
            response = web.StreamResponse(status=status)
        response.headers.update(self._headers)
        if error:
            response.headers["X-ClickHouse-Exception-Code"] = str(error.code)
        response.headers["X-ClickHouse-Summary"] = _summary(
            self._progress if counters is None else _counted(self._progress, counters)
        )
        if output_format:
            response.headers["X-ClickHouse-Format"] = output_format
            response.headers["Content-Type"] = self._engine.content_types.get(
                output_format.lower(), "application/octet-stream"
            )
        else:
            response.headers["Content-Type"] = "text/plain; charset=UTF-8"
        # Of an empty result the engine makes an empty body, which is no frame.
        if is_compressed and self._query.encoding and length != 0:
            response.headers["Content-Encoding"] = self._query.encoding
        if length is not None and not self._query.native_response:
            response.content_length = length
        await response.prepare(self._request)
        self._response = response

    async def write(self, data: bytes) -> None:
        """Send some of the body; waits while the client does not take it."""
        if data and self._query.native_response:
            data = encode_block(data)
        if data:
            await self.response.write(data)

    async def fail(self, error: ClickHouseError) -> None:
        """Tell the client of an error, in the way that is still open."""
        text = error.text(self._engine.version).encode()
        if self._response is None:
            await self._begin(None, length=len(text), error=error)
            await self.write(text)
            await self.response.write_eof()
            return
        frame = b"\r\n__exception__\r\n%b\r\n%b%d %b\r\n__exception__\r\n" % (
            self._tag.encode(),
            text,
            len(text),
            self._tag.encode(),
        )
        if "Content-Encoding" in self._response.headers and self._query.encoding:
            frame = encode_frame(self._query.encoding, frame)
        await self.write(frame)
        # Without the last chunk, no client can take what it has for the whole result.
        if self._request.transport:
            self._request.transport.close()

    @property
    def response(self) -> web.StreamResponse:
        """The response as far as it has been sent; there is one once it has begun."""
        assert self._response  # noqa: S101
        return self._response


def _counted(progress: Mapping[str, int], counters: Counters) -> dict[str, int]:
    return {
        **progress,
        "read_rows": counters.read_rows,
        "read_bytes": counters.read_bytes,
        "written_rows": counters.written_rows,
        "written_bytes": counters.written_bytes,
        "result_rows": counters.result_rows,
        "result_bytes": counters.result_bytes,
        "elapsed_ns": round(counters.elapsed * 1e9),
    }


def _summary(progress: Mapping[str, int]) -> str:
    names = (
        "read_rows",
        "read_bytes",
        "written_rows",
        "written_bytes",
        "total_rows_to_read",
        "result_rows",
        "result_bytes",
        "elapsed_ns",
    )
    return json.dumps({name: str(progress.get(name, 0)) for name in names}, separators=(",", ":"))
