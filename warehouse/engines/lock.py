"""One command at a time may change a warehouse's engines, and one what they hold."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse import terminal
from warehouse.errors import UserError

_PATIENCE_SECONDS = 600.0


class BusyError(UserError):
    """Another command holds the lock."""


@contextmanager
def exclusive(
    home: Path, what: str = "engines", patience: float = _PATIENCE_SECONDS
) -> Iterator[int]:
    """Hold one of the warehouse's locks; the kernel lets it go however the holder ends.

    Args:
        home: The warehouse's folder.
        what: The lock's name.
        patience: Seconds to wait for another holder.

    Raises:
        BusyError: The other holder outlasts the patience.

    Yields:
        The lock's file descriptor. A child that inherits it shares the lock, so that what it does
        is waited for even if this process is killed.
    """
    home.mkdir(parents=True, exist_ok=True)
    descriptor = _acquire(home / f"{what}.lock", patience)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _acquire(path: Path, patience: float) -> int:
    deadline = time.monotonic() + patience
    told = False
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            if time.monotonic() >= deadline:
                raise BusyError(
                    f"another `warehouse` command still works in {path.parent}: "
                    "try again when it is done"
                ) from None
            if not told:
                terminal.say("waiting for another `warehouse` command to finish …")
                told = True
            time.sleep(0.1)
            continue
        # `clean` deletes the file: a lock on what is no longer there keeps nobody out.
        if _is_same_file(descriptor, path):
            return descriptor
        os.close(descriptor)


def _is_same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
