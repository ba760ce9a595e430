"""Ways out of the engine for a result, in any format and of any size.

The engine writes to a file descriptor of this process, as `INTO OUTFILE` does. Of what it hands
over in memory, most formats come with a header and a footer for each block.
"""

import asyncio
import contextlib
import fcntl
import os
import uuid
from pathlib import Path
from typing import IO, Protocol

from warehouse.bridge.encodings import PIECE
from warehouse.bridge.engine import Counters

# A small pipe would mean a change of threads for each 64 KiB.
_PIPE_SIZE = 2**18


class Outlet(Protocol):
    """Where the engine writes a result, and the response reads it."""

    @property
    def path(self) -> str:
        """What the engine is to open."""
        ...

    def written(self) -> None:
        """Know that the engine has ended; called from its thread."""
        ...

    async def read(self, query: asyncio.Future[Counters]) -> bytes:
        """Give the next piece of the result, or nothing when the query has ended."""
        ...

    def close(self) -> None:
        """Let go of the descriptors; the engine must have ended."""
        ...


class PipeOutlet:
    """Hands a result over as it is made. The engine waits while nobody reads."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            # Not granted to users who have many pipes: a smaller one does as well.
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._reader, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)

    @property
    def path(self) -> str:
        """The end that the engine writes to; it opens one of its own."""
        return f"/dev/fd/{self._writer}"

    def written(self) -> None:
        """Close the writing end, so that the reader comes to an end."""
        os.close(self._writer)

    async def read(self, query: asyncio.Future[Counters]) -> bytes:
        """Wait for what the engine writes next."""
        while True:
            try:
                return os.read(self._reader, PIECE)
            except BlockingIOError:
                await self._readable()

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._reader, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self._reader)

    def close(self) -> None:
        """Close the reading end."""
        os.close(self._reader)


class FileOutlet:
    """Keeps a result on disk until the query has ended, for clients that ask for that."""

    def __init__(self, folder: Path) -> None:
        # The engine makes the file: one that exists it would write beside and then replace.
        self._path = folder / str(uuid.uuid4())
        self._file: IO[bytes] | None = None

    @property
    def path(self) -> str:
        """The file that the engine is to make."""
        return str(self._path)

    def written(self) -> None:
        """The file stays; there is nothing to do."""

    async def read(self, query: asyncio.Future[Counters]) -> bytes:
        """Wait for the end of the query, then read on in the file."""
        await asyncio.wait([query])
        if self._file is None:
            if query.exception() or not self._path.exists():
                return b""
            self._file = self._path.open("rb", buffering=0)
        return await asyncio.to_thread(self._file.read, PIECE)

    def close(self) -> None:
        """Delete the file."""
        if self._file:
            self._file.close()
        self._path.unlink(missing_ok=True)
