"""An HTTP API's pages as one file, which is then loaded like any other.

The file is the whole extraction or the one before it, never a part: pages are gathered aside, and
the file is replaced when the last one is there. Content that has not changed leaves the file as it
is, time stamp included.
"""

import fcntl
import filecmp
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from warehouse import exact_json
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.web.api import Api, at_path
from warehouse.ingest.web.http import Client

# Pages up to this size are kept in memory, and on disk beyond.
_SPOOLED_BYTES = 8 << 20

# A JSON page is read as a whole.
_MAX_JSON_BYTES = 64 << 20

_CHUNK_BYTES = 1 << 20


def download(api: Api, file: Path) -> int:
    """Fetch all pages into a file.

    Returns:
        The number of pages.

    Raises:
        RefusedFileError: A page is not to be had or not what was asked for. The file is what it
            was before.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.partial")
    with _alone(file):
        try:
            with partial.open("wb") as content:
                pages = _Pages(api, content).fetch()
                content.flush()
                os.fsync(content.fileno())
            if not (file.exists() and filecmp.cmp(partial, file, shallow=False)):
                partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
    return pages


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Wait until no other process downloads the file; the kernel lets go however this one ends."""
    with file.with_name(f".{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _Pages:
    """The pages of one extraction, on their way into its file."""

    def __init__(self, api: Api, content: IO[bytes]) -> None:
        self._api = api
        self._content = content
        self._header: bytes | None = None

    def fetch(self) -> int:
        """Append all pages to the file; the number of pages."""
        paging = self._api.paging
        client = Client(self._api.url, self._api.request_headers(), self._api.retries)
        addresses: set[str] = set()
        digest = b""
        url: str | None = paging.first(self._api.url)
        while url:
            addresses.add(url)
            number = len(addresses)
            try:
                with tempfile.SpooledTemporaryFile(_SPOOLED_BYTES) as page:
                    link = client.get(url, page)
                    page.seek(0)
                    digest, earlier = hashlib.file_digest(page, "sha256").digest(), digest
                    page.seek(0)
                    parsed = _parsed(page) if self._api.format == "json" else None
                    has_records = self._append(page, parsed)
                if paging.is_counted and not has_records:
                    break
                if digest == earlier:
                    raise RefusedFileError("it is the same as the page before")
                url = paging.next(url, number, link, parsed)
                if url in addresses:
                    raise RefusedFileError("the next one was there before")
            except RefusedFileError as error:
                raise RefusedFileError(f"page {number}: {error}") from None
            except ValueError:
                raise RefusedFileError(f"page {number}: the next one has no address") from None
        return len(addresses)

    def _append(self, page: IO[bytes], parsed: Any) -> bool:
        """Append a page; whether it has records."""
        if self._api.format == "json":
            return self._append_records(parsed)
        if self._api.format == "csv" and not self._api.paging.is_single:
            return self._append_below_header(page)
        return self._append_lines(page)

    def _append_records(self, parsed: Any) -> bool:
        records = [] if parsed is None else at_path(parsed, self._api.records)
        if type(records) is not list:
            place = f"at {self._api.records!r}" if self._api.records else "in it"
            raise RefusedFileError(f"there is no array of records {place}")
        for record in records:
            # Half of a surrogate pair becomes the escape that it was.
            line = exact_json.compact(record).encode("utf-8", "backslashreplace")
            self._content.write(line + b"\n")
        return bool(records)

    def _append_below_header(self, page: IO[bytes]) -> bool:
        header = page.readline().rstrip(b"\r\n")
        if not header:
            return False
        if self._header is None:
            self._header = header
            self._content.write(header + b"\n")
        elif header != self._header:
            raise RefusedFileError("its header is not that of the first page")
        return self._append_lines(page)

    def _append_lines(self, page: IO[bytes]) -> bool:
        has_records = False
        last = b""
        while chunk := page.read(_CHUNK_BYTES):
            self._content.write(chunk)
            has_records = has_records or bool(chunk.strip())
            last = chunk
        if last and not last.endswith(b"\n") and not self._api.paging.is_single:
            self._content.write(b"\n")
        return has_records


def _parsed(page: IO[bytes]) -> Any:
    """A JSON page; None if it is empty."""
    content = page.read(_MAX_JSON_BYTES + 1)
    if len(content) > _MAX_JSON_BYTES:
        raise RefusedFileError(f"it is larger than {_MAX_JSON_BYTES >> 20} MiB: ask for less")
    if not content:
        return None
    try:
        return exact_json.parse(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RefusedFileError(f"it is not JSON: {error}") from None
