"""Threads for the engine's calls, which block, and a way to end them early."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from warehouse.bridge.engine import Engine
from warehouse.bridge.errors import ClickHouseError

_SHORT_CALLS = 4
_KILL_INTERVAL = 0.1

T = TypeVar("T")


class Workers:
    """The bridge's threads: many for queries, a few for the short calls around them."""

    def __init__(self, engine: Engine, max_queries: int) -> None:
        self._engine = engine
        self._queries = ThreadPoolExecutor(max_queries, "query")
        self._short = ThreadPoolExecutor(_SHORT_CALLS, "short")

    async def short(self, call: Callable[[], T]) -> T:
        """Make a call that does not take long; it is waited for even when one is cancelled."""
        return await to_the_end(asyncio.get_running_loop().run_in_executor(self._short, call))

    def begin(self, call: Callable[[], T]) -> asyncio.Future[T]:
        """Begin a call that may take long; each query makes one at a time."""
        future = asyncio.get_running_loop().run_in_executor(self._queries, call)
        future.add_done_callback(_look_at_exception)
        return future

    async def run(self, call: Callable[[], T], log_comment: str) -> T:
        """Make a call that may take long; when one is cancelled, its statement is stopped."""
        future = self.begin(call)
        try:
            return await asyncio.shield(future)
        finally:
            if not future.done():
                await self.stop(future, log_comment)

    async def stop(self, future: asyncio.Future[T], log_comment: str) -> None:
        """Stop a statement and wait until it has ended: only then is its handle free."""
        # Not once alone: the statement may not have begun when it is killed first.
        while not future.done():
            # Under memory pressure it may fail, and work the next time.
            with suppress(ClickHouseError):
                await self.short(lambda: self._engine.kill(log_comment))
            await asyncio.wait([future], timeout=_KILL_INTERVAL)

    def close(self) -> None:
        """End the threads; nothing may be running."""
        self._queries.shutdown()
        self._short.shutdown()


async def to_the_end(awaitable: Awaitable[T]) -> T:
    """Wait for what must not be left half done, even if the waiting task is cancelled."""
    future = asyncio.ensure_future(awaitable)
    try:
        return await asyncio.shield(future)
    finally:
        if not future.done():
            await asyncio.wait([future])


def _look_at_exception(future: asyncio.Future[T]) -> None:
    # Nobody may be waiting any more for a call that fails because it was stopped.
    if not future.cancelled():
        future.exception()
