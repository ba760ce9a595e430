"""Large results and inserts pass through the bridge; they are not gathered in it."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from backports import zstd
from bridge.bridge_process import USER, Bridge, basic

ROWS = 10_000_000
MEBIBYTE = 2**20
CHUNK_ROWS = 100_000

# The engine works on blocks of up to a million rows, several at once. That does not grow with the
# number of rows, and what is sent is more than twice as much.
ROOM = 500 * MEBIBYTE


@contextmanager
def at_most(server: Bridge, room: int) -> Iterator[None]:
    """Hold the bridge to this much more memory than it had, at any time."""
    before = highest = server.memory
    ended = threading.Event()

    def watch() -> None:
        nonlocal highest
        while not ended.wait(0.01):
            highest = max(highest, server.memory)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
    growth = (highest - before) // MEBIBYTE
    assert growth < room // MEBIBYTE, f"{growth} MiB more"


RESULT = f"SELECT number, repeat('x', 100) AS s FROM numbers({ROWS})"


@pytest.mark.parametrize(
    ("output_format", "parameters"),
    [("TabSeparated", {}), ("RowBinary", {"compress": 1})],
)
def test_ten_million_rows_out(
    server: Bridge, output_format: str, parameters: dict[str, str]
) -> None:
    parameters = {"default_format": output_format, **parameters}
    size = 0
    with at_most(server, ROOM), server.open("POST", "/", RESULT, basic(), **parameters) as response:
        while piece := response.read(MEBIBYTE):
            size += len(piece)
    assert response.status == 200
    if "compress" not in parameters:
        assert size > 2 * ROOM


def test_a_result_waits_for_a_client_that_does_not_read(server: Bridge) -> None:
    query = f"SELECT number, repeat('x', 100) FROM numbers({100 * ROWS})"
    with at_most(server, ROOM):
        response = server.open("POST", "/", query, {**basic()}, query_id="waits")
        first = response.read(10 * MEBIBYTE)
        read_rows = _read_rows(server, "waits")
        for _ in range(100):
            server.query("SELECT 1")
        assert _read_rows(server, "waits") == read_rows < ROWS
        assert len(first) == 10 * MEBIBYTE
        response.close()


def _read_rows(server: Bridge, query_id: str) -> int:
    """The rows that a running query has read, once it does not get further."""
    comment = f"Settings['log_comment'] = '{USER} {query_id}'"
    sql = f"SELECT read_rows FROM system.processes WHERE {comment}"
    before, now = -1, 0
    while now != before:
        before, now = now, int(server.query(f"{sql} AND NOT ignore(sleep(0.3))"))
    return now


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_ten_million_rows_in(server: Bridge, table: str, encoding: str) -> None:
    chunk = b"".join(b"%d,%b\n" % (n, b"x" * 100) for n in range(CHUNK_ROWS))
    chunk = gzip.compress(chunk, 1) if encoding == "gzip" else chunk

    def body() -> Iterator[bytes]:
        for _ in range(ROWS // CHUNK_ROWS):
            yield chunk

    headers = {"Content-Encoding": encoding}
    with at_most(server, ROOM):
        answer = server.post(body(), headers=headers, query=f"INSERT INTO {table} FORMAT CSV")
    assert answer.status == 200, answer.text
    assert (
        server.query(f"SELECT count(), countIf(length(s) = 100) FROM {table}")
        == f"{ROWS}\t{ROWS}\n"
    )


def test_a_small_body_that_unfolds_to_much_is_no_danger(server: Bridge) -> None:
    bomb = zstd.compress((b"x" * 1023 + b"\n") * (2 * ROOM // 1024))
    assert len(bomb) < MEBIBYTE
    headers = {"Content-Encoding": "zstd"}
    with at_most(server, ROOM):
        query = "INSERT INTO FUNCTION null('s String') FORMAT LineAsString"
        assert server.post(bomb, headers=headers, query=query).status == 200
