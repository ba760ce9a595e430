"""Results: whole and in every format, compressed or not, and what is said of errors."""

import gzip
import http.client
import io
import json
import re
import socket
import struct
from collections.abc import Callable
from typing import Any

import lz4.block  # type: ignore[import-untyped]
import lz4.frame  # type: ignore[import-untyped]
import pyarrow
import pyarrow.parquet
import pytest
from backports import zstd
from bridge.bridge_process import Bridge, basic
from clickhouse_cityhash.cityhash import CityHash128  # type: ignore[import-untyped]

# More than the engine makes in one block, and than a pipe holds.
ROWS = 200_000
NUMBERS = f"SELECT number AS n, toString(number) AS s FROM numbers({ROWS})"


def rows_of_tsv(body: bytes) -> list[int]:
    return [int(line.split(b"\t")[0]) for line in body.splitlines()]


def rows_of_json(body: bytes) -> list[int]:
    found = json.loads(body)
    assert found["rows"] == ROWS
    assert found["statistics"]["rows_read"] == ROWS
    return [int(row["n"]) for row in found["data"]]


def rows_of_json_lines(body: bytes) -> list[int]:
    return [int(json.loads(line)["n"]) for line in body.splitlines()]


def rows_of_parquet(body: bytes) -> list[int]:
    table = pyarrow.parquet.read_table(io.BytesIO(body))
    return list(table["n"].to_pylist())


def rows_of_arrow_stream(body: bytes) -> list[int]:
    return list(pyarrow.ipc.open_stream(body).read_all()["n"].to_pylist())


def rows_of_arrow_file(body: bytes) -> list[int]:
    return list(pyarrow.ipc.open_file(body).read_all()["n"].to_pylist())


def rows_of_csv_with_names(body: bytes) -> list[int]:
    lines = body.splitlines()
    assert lines[0] == b'"n","s"'
    return [int(line.split(b",")[0]) for line in lines[1:]]


def rows_of_xml(body: bytes) -> list[int]:
    assert body.count(b"<?xml") == body.count(b"</result>") == 1
    return [int(n) for n in re.findall(rb"<n>(\d+)</n>", body)]


def rows_of_row_binary(body: bytes) -> list[int]:
    found: list[int] = []
    position = 0
    while position < len(body):
        found += struct.unpack_from("<Q", body, position)
        position += 9 + body[position + 8]
    return found


@pytest.mark.parametrize("wait_end_of_query", [0, 1])
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("TabSeparated", rows_of_tsv),
        ("JSON", rows_of_json),
        ("JSONEachRow", rows_of_json_lines),
        ("CSVWithNames", rows_of_csv_with_names),
        ("XML", rows_of_xml),
        ("RowBinary", rows_of_row_binary),
        ("Parquet", rows_of_parquet),
        ("ArrowStream", rows_of_arrow_stream),
        ("Arrow", rows_of_arrow_file),
    ],
)
def test_a_format_is_whole_in_many_blocks(
    server: Bridge, name: str, read: Callable[[bytes], list[int]], wait_end_of_query: int
) -> None:
    answer = server.post(NUMBERS, default_format=name, wait_end_of_query=wait_end_of_query)
    assert answer.headers["X-ClickHouse-Format"] == name
    # The engine may give blocks in another order than it reads them.
    assert sorted(read(answer.body)) == list(range(ROWS))


@pytest.mark.parametrize("rows", [0, 3, ROWS])
@pytest.mark.parametrize(
    ("encoding", "decompress"),
    [
        ("gzip", gzip.decompress),
        ("zstd", zstd.decompress),
        ("lz4", lz4.frame.decompress),
    ],
)
def test_responses_are_compressed_on_request(
    server: Bridge, encoding: str, decompress: Callable[[bytes], bytes], rows: int
) -> None:
    accept = {"Accept-Encoding": encoding}
    query = f"SELECT number FROM numbers({rows})"
    answer = server.post(query, headers=accept, enable_http_compression=1)
    # What is empty stays so.
    assert answer.headers["Content-Encoding"] == (encoding if answer.body else None)
    body = decompress(answer.body) if answer.body else b""
    assert len(rows_of_tsv(body)) == rows
    assert "Content-Encoding" not in server.post(query, headers=accept).headers
    refused = server.post(query, headers={"Accept-Encoding": f"{encoding};q=0, br"})
    assert "Content-Encoding" not in refused.headers


def decode_blocks(body: bytes) -> bytes:
    """Read ClickHouse's own compressed blocks, of which each has a checksum."""
    found, position = b"", 0
    while position < len(body):
        method, size, original_size = struct.unpack_from("<BII", body, position + 16)
        block = body[position + 16 : position + 16 + size]
        checksum = CityHash128(block)
        assert body[position : position + 16] == struct.pack(
            "<QQ", checksum >> 64, checksum & (2**64 - 1)
        )
        assert method == 0x82
        found += lz4.block.decompress(block[9:], uncompressed_size=original_size)
        position += 16 + size
    return found


@pytest.mark.parametrize("rows", [0, 3, ROWS])
def test_responses_come_in_native_blocks_on_request(server: Bridge, rows: int) -> None:
    answer = server.post(f"SELECT number FROM numbers({rows})", compress=1)
    assert len(rows_of_tsv(decode_blocks(answer.body))) == rows
    headers = {"Accept-Encoding": "gzip"}
    query = f"SELECT number FROM numbers({rows})"
    both = server.post(query, headers=headers, compress=1, enable_http_compression=1)
    assert len(rows_of_tsv(decode_blocks(both.body))) == rows
    error = server.post("SELECT nothing", compress=1)
    assert error.headers["X-ClickHouse-Exception-Code"] == "47"
    assert decode_blocks(error.body).startswith(b"Code: 47. DB::Exception: ")


def test_the_summary_counts(server: Bridge, table: str) -> None:
    answer = server.post("SELECT number % 10 AS n FROM numbers(1000) GROUP BY n")
    summary = json.loads(answer.headers["X-ClickHouse-Summary"])
    assert (summary["read_rows"], summary["read_bytes"]) == ("1000", "8000")
    assert summary["result_rows"] == "10"
    assert int(summary["elapsed_ns"]) > 0
    for insert in (
        f"INSERT INTO {table} VALUES (1, 'a'), (2, 'b')",
        f"INSERT INTO {table} FORMAT CSV\n1,a\n2,b\n",
        f"INSERT INTO {table} SELECT number, 'x' FROM numbers(2)",
    ):
        summary = json.loads(server.post(insert).headers["X-ClickHouse-Summary"])
        assert summary["written_rows"] == "2"
        assert int(summary["written_bytes"]) > 0


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("SELECT", 400, 62),
        ("1 + 1", 400, 62),
        ("SELECT nothing", 404, 47),
        ("SELECT * FROM nowhere.t", 404, 81),
        ("SELECT * FROM nothing", 404, 60),
        ("SELECT unheard_of()", 404, 46),
        ("SELECT CAST('x' AS UInt8)", 400, 6),
        ("SELECT 1 FORMAT Parchment", 404, 73),
        ("SELECT 1 FORMAT TSV FORMAT JSON", 400, 62),
        ("SELECT throwIf(1)", 500, 395),
        ("SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_execution_time = 1", 408, 159),
        ("INSERT INTO nothing VALUES (1)", 404, 60),
        ("INSERT INTO nothing FORMAT CSV\n1", 404, 60),
        ("DROP TABLE nothing", 404, 60),
        ("CREATE DATABASE system", 500, 82),
    ],
)
def test_an_error_has_the_status_and_text_of_a_server(
    server: Bridge, query: str, status: int, code: int
) -> None:
    answer = server.post(query)
    assert answer.error == (status, code)
    assert re.search(r" \([A-Z_]+\) \(version [0-9.]+ \(official build\)\)\n$", answer.text)
    assert answer.text.count("DB::Exception") == 1
    assert "OUTFILE" not in answer.text


@pytest.mark.parametrize("parameters", [{}, {"compress": 1}, {"enable_http_compression": 1}])
def test_an_error_after_some_rows_cannot_be_taken_for_the_end(
    server: Bridge, parameters: dict[str, int]
) -> None:
    query = "SELECT number, throwIf(number = 3000000) FROM numbers(5000000)"
    headers = {**basic(), "Accept-Encoding": "gzip"}
    settings: dict[str, Any] = {"max_threads": 1, **parameters}
    response = server.open("POST", "/", query, headers, **settings)
    assert response.status == 200
    tag = response.headers["X-ClickHouse-Exception-Tag"]
    with pytest.raises(http.client.IncompleteRead) as incomplete:
        response.read()
    body = incomplete.value.partial
    if "compress" in parameters:
        body = decode_blocks(body)
    elif parameters:
        body = gzip.decompress(body)
    frame = re.search(
        rb"\r\n__exception__\r\n(\w{16})\r\n(Code: 395\. .*\n)(\d+) (\w{16})\r\n__exception__\r\n$",
        body,
        re.DOTALL,
    )
    assert frame
    assert frame[1].decode() == frame[4].decode() == tag
    assert int(frame[3]) == len(frame[2])


def test_an_error_at_the_end_has_a_status_if_the_client_waits_for_it(server: Bridge) -> None:
    query = "SELECT number, throwIf(number = 3000000) FROM numbers(5000000)"
    assert server.post(query, wait_end_of_query=1).error == (500, 395)
    assert list((server.data / "scratch").iterdir()) == []


def test_progress_is_sent_while_a_query_runs(server: Bridge) -> None:
    query = "SELECT sleepEachRow(0.3) FROM numbers(3) SETTINGS max_block_size = 1"
    wanted = {"send_progress_in_http_headers": 1, "http_headers_progress_interval_ms": 50}
    answer = server.post(query, headers={}, **wanted)
    assert answer.text == "0\n0\n0\n"
    progress = [json.loads(line) for line in answer.headers.get_all("X-ClickHouse-Progress", [])]
    assert len(progress) > 3
    assert progress[-1]["total_rows_to_read"] == "3"
    assert "X-ClickHouse-Progress" not in server.post("SELECT 1").headers


def test_an_error_after_progress_keeps_its_code(server: Bridge) -> None:
    query = "SELECT throwIf(sleepEachRow(0.3) = 0) FROM numbers(1)"
    wanted = {"send_progress_in_http_headers": 1, "http_headers_progress_interval_ms": 50}
    assert server.post(query, headers={}, **wanted).error == (200, 395)


def test_old_clients_are_served(server: Bridge) -> None:
    request = f"POST / HTTP/1.0\r\nAuthorization: {basic()['Authorization']}\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(f"{request}Content-Length: {len(NUMBERS)}\r\n\r\n{NUMBERS}".encode())
        received = b""
        while piece := connection.recv(2**20):
            received += piece
    headers, _, body = received.partition(b"\r\n\r\n")
    assert b"chunked" not in headers
    assert len(rows_of_tsv(body)) == ROWS
