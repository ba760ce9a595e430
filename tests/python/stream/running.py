"""A running `warehouse stream`, and what it has said."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support import PROGRAMS, Warehouse

_PATIENCE_SECONDS = 300


@dataclass
class Stream:
    """The process, and the file that it writes to."""

    process: subprocess.Popen[bytes]
    output: Path

    def said(self, pattern: str) -> list[str]:
        """What it has said so far that fits a pattern."""
        return re.findall(pattern, self.output.read_text(encoding="utf-8"))

    def wait_until_said(self, pattern: str, times: int = 1) -> list[str]:
        """Wait until it has said something so often.

        Raises:
            AssertionError: It does not, or has ended.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while len(found := self.said(pattern)) < times:
            has_ended = self.process.poll() is not None
            if has_ended or time.monotonic() > deadline:
                raise AssertionError(f"{pattern} is not said:\n{self.output.read_text()}")
            time.sleep(0.05)
        return found

    def stop(self) -> int:
        """End it as a service manager does, and return its exit code."""
        self.process.terminate()
        return self.process.wait(_PATIENCE_SECONDS)


@contextmanager
def stream(warehouse: Warehouse, output: Path, *options: str) -> Iterator[Stream]:
    """Start it."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [PROGRAMS / "warehouse", "stream", *options],
            env=warehouse.environ,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Stream(process, output)
    finally:
        process.kill()
        process.wait()
