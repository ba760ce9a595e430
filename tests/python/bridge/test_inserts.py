"""Inserts: every way in which rows are sent, and what becomes of them when something is wrong."""

import bz2
import gzip
import lzma
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import lz4.block  # type: ignore[import-untyped]
import lz4.frame  # type: ignore[import-untyped]
import pyarrow
import pyarrow.parquet
import pytest
from backports import zstd
from bridge.bridge_process import Bridge, basic
from clickhouse_cityhash.cityhash import CityHash128  # type: ignore[import-untyped]
from support import wait_for

ROWS = 200_000


@cache
def csv(rows: int = ROWS) -> bytes:
    return b"".join(b"%d,name %d\n" % (n, n) for n in range(rows))


def content(server: Bridge, table: str) -> tuple[int, int]:
    count, total = server.query(f"SELECT count(), sum(n) FROM {table}").split()
    return int(count), int(total)


EXPECTED = ROWS, sum(range(ROWS))


@pytest.mark.parametrize("rows", [3, 100_000])
def test_literals(server: Bridge, table: str, rows: int) -> None:
    values = ",".join(f"({n}, 'it''s; {n}')" for n in range(rows))
    server.query(f"INSERT INTO {table} VALUES {values} ; ")
    assert content(server, table) == (rows, sum(range(rows)))
    assert server.query(f"SELECT s FROM {table} WHERE n = 1") == "it\\'s; 1\n"


def test_literals_with_parameters_and_expressions(server: Bridge, table: str) -> None:
    server.query(
        f"INSERT INTO {table} (n, s) VALUES ({{n:UInt64}}, upper('x')), (1 + 1, 'y')", param_n=7
    )
    assert server.query(f"SELECT * FROM {table} ORDER BY n") == "2\ty\n7\tX\n"


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO {table} FORMAT CSV",
        "INSERT INTO TABLE default.{table} (n, s) FORMAT CSV ",
        "INSERT INTO `{table}` (`n`, s) SETTINGS max_insert_block_size = 1000 FORMAT CSV\r",
        "WITH 1 AS x INSERT INTO {table} /* ; FORMAT TSV */ FORMAT CSV",
    ],
)
def test_the_statement_stands_in_the_url_or_before_the_rows(
    server: Bridge, table: str, query: str
) -> None:
    query = query.format(table=table)
    server.query(csv(), query=query)
    server.query(query.encode() + b"\n" + csv())
    assert content(server, table) == (2 * ROWS, 2 * EXPECTED[1])


def test_rows_may_hold_what_looks_like_sql(server: Bridge, table: str) -> None:
    server.query(f"INSERT INTO {table} FORMAT CSV\n1,'; DROP TABLE {table}; --\n2,x;\n")
    assert server.query(f"SELECT * FROM {table} ORDER BY n") == (
        f"1\t\\'; DROP TABLE {table}; --\n2\tx;\n"
    )


def parquet(rows: int) -> bytes:
    columns = {
        "n": pyarrow.array(range(rows), pyarrow.uint64()),
        "s": [str(n) for n in range(rows)],
    }
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    return bytes(sink.getvalue())


def row_binary(rows: int) -> bytes:
    return b"".join(struct.pack("<QB", n, len(str(n))) + str(n).encode() for n in range(rows))


def json_lines(rows: int) -> bytes:
    return b"".join(b'{"n": %d, "s": "%d"}\n' % (n, n) for n in range(rows))


@pytest.mark.parametrize(
    ("name", "write"),
    [("Parquet", parquet), ("RowBinary", row_binary), ("JSONEachRow", json_lines)],
)
def test_formats(server: Bridge, table: str, name: str, write: Callable[[int], bytes]) -> None:
    server.query(write(ROWS), query=f"INSERT INTO {table} FORMAT {name}")
    assert content(server, table) == EXPECTED


def test_the_native_format_comes_back_as_it_went(server: Bridge, table: str) -> None:
    server.query(f"INSERT INTO {table} SELECT number, toString(number) FROM numbers({ROWS})")
    native = server.post(f"SELECT * FROM {table} FORMAT Native").body
    server.query(f"TRUNCATE TABLE {table}")
    server.query(f"INSERT INTO {table} FORMAT Native\n".encode() + native)
    assert content(server, table) == EXPECTED


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
    "lz4": lz4.frame.compress,
    "xz": lambda data: lzma.compress(data, preset=0),
    "bz2": bz2.compress,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_bodies_may_be_compressed(server: Bridge, table: str, encoding: str) -> None:
    compress = ENCODINGS[encoding]
    headers = {"Content-Encoding": encoding}
    whole = compress(f"INSERT INTO {table} FORMAT CSV\n".encode() + csv())
    assert server.post(whole, headers=headers).status == 200
    rows = csv()
    frames = compress(rows[:500_000]) + compress(rows[500_000:])
    assert (
        server.post(frames, headers=headers, query=f"INSERT INTO {table} FORMAT CSV").status == 200
    )
    assert content(server, table) == (2 * ROWS, 2 * EXPECTED[1])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_body_leaves_no_row(
    server: Bridge, table: str, encoding: str, damage: str
) -> None:
    body = ENCODINGS[encoding](csv())
    middle = len(body) // 2
    rest = b"" if damage == "cut" else b"\x00damage\xff" * 8 + body[middle + 64 :]
    headers = {"Content-Encoding": encoding}
    query = f"INSERT INTO {table} FORMAT CSV"
    assert server.post(body[:middle] + rest, headers=headers, query=query).status >= 400
    assert content(server, table) == (0, 0)


def test_an_unknown_encoding_is_refused(server: Bridge) -> None:
    assert server.post("SELECT 1", headers={"Content-Encoding": "smoke"}).error == (501, 48)


def block(data: bytes) -> bytes:
    """Make one of ClickHouse's own compressed blocks."""
    compressed = lz4.block.compress(data, store_size=False)
    body = struct.pack("<BII", 0x82, 9 + len(compressed), len(data)) + compressed
    checksum = CityHash128(body)
    return struct.pack("<QQ", checksum >> 64, checksum & (2**64 - 1)) + bytes(body)


def test_bodies_may_come_in_native_blocks(server: Bridge, table: str) -> None:
    rows = csv()
    body = block(rows[:500_000]) + block(rows[500_000:])
    query = f"INSERT INTO {table} FORMAT CSV"
    server.query(body, query=query, decompress=1)
    assert content(server, table) == EXPECTED
    twice = gzip.compress(body)
    in_gzip = {"Content-Encoding": "gzip"}
    assert server.post(twice, headers=in_gzip, query=query, decompress=1).status == 200
    assert content(server, table) == (2 * ROWS, 2 * EXPECTED[1])
    assert server.post(b"\x00" + body[1:], query=query, decompress=1).error == (500, 40)
    assert server.post(body[:-1], query=query, decompress=1).error == (500, 271)
    assert content(server, table) == (2 * ROWS, 2 * EXPECTED[1])


def test_a_wrong_row_is_named_and_no_row_is_kept(server: Bridge, table: str) -> None:
    answer = server.post(f"INSERT INTO {table} FORMAT CSV\n1,a\ntwo,b\n")
    assert answer.error == (400, 27)
    assert "row 2" in answer.text
    assert content(server, table) == (0, 0)


def test_a_wrong_row_early_in_a_large_upload_is_told(server: Bridge, table: str) -> None:
    rows = b"one,a\n" + csv()

    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield rows

    answer = server.post(pieces(), query=f"INSERT INTO {table} FORMAT CSV")
    assert answer.error[0] == 400
    assert content(server, table) == (0, 0)


@pytest.mark.parametrize("length", ["Transfer-Encoding: chunked", "Content-Length: 100000000"])
@pytest.mark.parametrize("rows", [100, ROWS])
def test_an_upload_that_breaks_off_leaves_no_row(
    server: Bridge, table: str, length: str, rows: int
) -> None:
    body = csv(rows)
    query_id = f"upload-{length}-{rows}".replace(" ", "")
    head = (
        f"POST /?query_id={query_id}&query=INSERT+INTO+{table}+FORMAT+CSV HTTP/1.1\r\n"
        f"Host: localhost\r\nAuthorization: {basic()['Authorization']}\r\n{length}\r\n\r\n"
    )
    if "chunked" in length:
        body = b"%x\r\n%b\r\n" % (len(body), body)
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode() + body)
        if rows == ROWS:
            wait_for(lambda: query_id in server.running())
    wait_for(lambda: query_id not in server.running())
    assert content(server, table) == (0, 0)


def test_rows_pass_through_a_select_on_their_way(server: Bridge, table: str) -> None:
    columns = "n UInt64, s Enum(\\'name\\' = 1)"
    select = f"SELECT n * 2, upper(toString(s)) FROM input('{columns}') WHERE n > 0"
    for session in ({}, {"session_id": "input"}):
        server.query(
            "0,name\n1,name\n2,name\n", query=f"INSERT INTO {table} {select} FORMAT CSV", **session
        )
    assert (
        server.query(f"SELECT * FROM {table} ORDER BY n") == "2\tNAME\n2\tNAME\n4\tNAME\n4\tNAME\n"
    )
    wrong = server.post(
        "x,y\n", query=f"INSERT INTO {table} {select} FORMAT CSV", session_id="input"
    )
    assert wrong.status == 400
    assert server.query("SHOW TEMPORARY TABLES", session_id="input") == ""


def test_settings_in_the_url_reach_an_insert(server: Bridge, table: str) -> None:
    server.query(f"INSERT INTO {table} FORMAT CSV\n1;a\n", format_csv_delimiter=";")
    server.query(f"INSERT INTO {table} FORMAT CSV\n2,b\n", async_insert=1, wait_for_async_insert=1)
    assert content(server, table) == (2, 3)
