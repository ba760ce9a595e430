"""Start the bridge: `python -m warehouse.bridge`. All settings come from the environment."""

import asyncio
import ctypes
import logging
import os
import signal
import socket
import sys
import time

from warehouse.bridge import settings
from warehouse.bridge.settings import BridgeSettings
from warehouse.errors import UserError

# Of glibc's <malloc.h>. Larger blocks go back to the system when they are freed: this halves
# what the process keeps after a big query.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_MALLOC_THRESHOLD = 262144


def main() -> int:
    """Run the bridge until SIGTERM or SIGINT; returns the exit status."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    os.umask(0o077)
    _use_utc()
    _give_memory_back()
    try:
        found = settings.from_environment()
        with _listen(found) as listener:
            asyncio.run(_serve(found, listener))
    except UserError as error:
        print(f"clickhouse bridge: {error}", file=sys.stderr)
        return 1
    return 0


def _use_utc() -> None:
    # The engine and the formats of its times take the process's zone.
    os.environ["TZ"] = "UTC"
    time.tzset()


def _give_memory_back() -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_MMAP_THRESHOLD, _MALLOC_THRESHOLD)
        mallopt(_M_TRIM_THRESHOLD, _MALLOC_THRESHOLD)


def _listen(found: BridgeSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in found.listen else socket.AF_INET
    try:
        return socket.create_server((found.listen, found.port), family=family, backlog=128)
    except OSError as error:
        raise UserError(
            f"cannot listen on {found.listen}:{found.port}: {_reason(error)}; "
            "stop what uses the port, or set CLICKHOUSE_PORT to another"
        ) from error


def _reason(error: OSError) -> str:
    # asyncio and socket add the address to the text, which the message has already.
    return os.strerror(error.errno) if error.errno else str(error)


async def _serve(found: BridgeSettings, listener: socket.socket) -> None:
    # Not before the process is set up: importing the engine's library starts it.
    from warehouse.bridge.engine import Engine
    from warehouse.bridge.server import Server

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    engine = Engine(found)
    engine.start()
    try:
        await Server(found, engine).serve(listener, stop)
    finally:
        engine.close()


if __name__ == "__main__":
    sys.exit(main())
