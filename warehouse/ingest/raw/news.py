"""Says every few seconds how far the files of a stream are."""

import logging
import threading
import time

from warehouse.ingest.singer.manifest import SourceFile

SECONDS_BETWEEN_NEWS = 5.0

logger = logging.getLogger("warehouse.ingest")


class News:
    """What is told about a stream while its files are loaded, each in a thread of its own."""

    def __init__(self, stream: str) -> None:
        """Begin to count the seconds to the first news."""
        self._stream = stream
        self._lock = threading.Lock()
        self._next = time.monotonic() + SECONDS_BETWEEN_NEWS
        # Of every file, since the rows so far are those of all.
        self._rows: dict[str, int] = {}

    def tell(self, file: SourceFile, size: int, rows: int) -> None:
        """Say how far a file is, in bytes and rows, if it is time for news."""
        with self._lock:
            self._rows[file.name] = rows
            now = time.monotonic()
            if now < self._next:
                return
            self._next = now + SECONDS_BETWEEN_NEWS
            all_rows = sum(self._rows.values())
            files = len(self._rows)
        logger.info(
            f"{self._stream}: {all_rows:,} rows so far; "
            f"file {files:,}: {file.name}, {size / (file.size or 1):.0%}"
        )
