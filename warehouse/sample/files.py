"""Writes the files of a sample, and keeps account of them."""

import hashlib
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from warehouse.sample import text
from warehouse.sample.folder import KINDS
from warehouse.sample.lines import Lines

# Files that wait for the disk; more would only fill the memory.
_WAITING = 4


class Files:
    """Writes files below a folder, in a thread of its own, as hashing and writing leave Python."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._account: dict[str, dict[str, int | str]] = {}
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._writing: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._thread.shutdown(cancel_futures=error is not None)
        if error is None:
            self._wait(0)

    def write(self, kind: str, day: date, columns: Sequence[str], lines: Lines) -> None:
        """Write the file of a kind and a day, if there are any lines."""
        if len(lines):
            name = f"{kind}/{kind}_{day.isoformat()}.csv"
            header = ",".join(columns).encode() + b"\n"
            self._writing.append(self._thread.submit(self._write, name, header, lines))
        self._wait(_WAITING)

    def account(self) -> dict[str, Any]:
        """The parts of the manifest that are about files, when all have been written.

        `sha256` is the hash of what `sha256sum` prints for all files in the order of their names.
        """
        files = dict(sorted(self._account.items()))
        listing = "".join(f"{file['sha256']}  {name}\n" for name, file in files.items())
        return {
            **{kind: _totals(files, kind) for kind in KINDS},
            "sha256": hashlib.sha256(listing.encode()).hexdigest(),
            "files": files,
        }

    def _wait(self, left: int) -> None:
        while len(self._writing) > left:
            self._writing.popleft().result()

    def _write(self, name: str, header: bytes, lines: Lines) -> None:
        body = text.content(lines.text)
        with (self._folder / name).open("wb") as file:
            file.write(header)
            file.write(body)
        digest = hashlib.sha256(header)
        digest.update(body)
        self._account[name] = {
            "lines": len(lines),
            "bytes": len(header) + len(body),
            "sha256": digest.hexdigest(),
        }


def _totals(files: dict[str, dict[str, int | str]], kind: str) -> dict[str, int]:
    own = [file for name, file in files.items() if name.startswith(f"{kind}/")]
    return {
        "files": len(own),
        **{what: sum(int(file[what]) for file in own) for what in ("lines", "bytes")},
    }
