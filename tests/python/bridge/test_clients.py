"""Ordinary clients take the bridge for a server, several at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas
import pytest
from bridge.bridge_process import PASSWORD, USER, Bridge
from clickhouse_connect.driver.exceptions import DatabaseError
from support import Warehouse

ROWS = 300_000


def test_clickhouse_connect_reads_what_it_wrote(server: Bridge) -> None:
    client = server.client(tz_mode="aware")
    assert client.server_version == server.query("SELECT version()").strip()
    columns = {
        "n": "UInt64",
        "s": "LowCardinality(Nullable(String))",
        "d": "Date32",
        "t": "DateTime64(6, 'UTC')",
        "m": "Decimal(12, 2)",
        "a": "Array(Map(String, Nullable(Float64)))",
    }
    fields = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    client.command(f"CREATE TABLE kinds ({fields}) ENGINE = MergeTree ORDER BY n")
    now = datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)
    rows = [
        (1, "é", date(2024, 2, 29), now, Decimal("1234567890.12"), [{"x": 1.5, "y": None}]),
        (2, None, date(1900, 1, 1), now, Decimal("-0.01"), []),
    ]
    assert client.insert("kinds", rows, column_names=list(columns)).written_rows == 2
    assert client.query("SELECT * FROM kinds ORDER BY n").result_rows == rows
    client.command("DROP TABLE kinds")


@pytest.mark.parametrize("compress", [False, "gzip", "zstd", "lz4"])
def test_clickhouse_connect_moves_frames(server: Bridge, table: str, compress: str | bool) -> None:
    client = server.client(compress=compress)
    frame = pandas.DataFrame({"n": range(ROWS), "s": [str(n) for n in range(ROWS)]})
    client.insert_df(table, frame)
    assert client.query_df(f"SELECT * FROM {table} ORDER BY n").equals(
        frame.astype({"n": "uint64"})
    ) or client.query_df(f"SELECT * FROM {table} ORDER BY n")["n"].tolist() == list(range(ROWS))
    assert client.query_arrow(f"SELECT * FROM {table}").num_rows == ROWS
    with client.query_row_block_stream(f"SELECT * FROM {table}") as stream:
        assert sum(len(block) for block in stream) == ROWS


def test_clickhouse_connect_tells_of_errors(server: Bridge) -> None:
    client = server.client()
    with pytest.raises(DatabaseError, match=r"code: 60,.*UNKNOWN_TABLE"):
        client.query("SELECT * FROM nothing")
    with pytest.raises(DatabaseError, match=r"code: 395"):
        client.query("SELECT number, throwIf(number = 5000000) FROM numbers(9000000)")


def test_a_dictionary_reads_a_table_with_the_credentials_of_its_client(
    server: Bridge, table: str
) -> None:
    server.query(f"INSERT INTO {table} VALUES (1, 'one')")
    for password, status in ((PASSWORD, 200), ("another", 403)):
        key = password.replace("'", "\\'")
        server.query(
            f"CREATE OR REPLACE DICTIONARY d_{table} (n UInt64, s String) PRIMARY KEY n "
            f"SOURCE(CLICKHOUSE(TABLE '{table}' USER '{USER}' PASSWORD '{key}')) "
            "LAYOUT(FLAT()) LIFETIME(0)"
        )
        assert server.post(f"SELECT dictGet('d_{table}', 's', 1)").status == status
    server.query(f"DROP DICTIONARY d_{table}")


def test_many_clients_at_once(server: Bridge, table: str) -> None:
    def work(seed: int) -> int:
        chance = random.Random(seed)
        client = server.client(session_id=f"client-{seed}" if seed % 2 else None)
        written = 0
        for _ in range(25):
            rows = chance.randrange(1, 2000)
            kind = chance.randrange(3)
            if kind == 0:
                client.insert(table, [(n, str(seed)) for n in range(rows)], column_names=["n", "s"])
                written += rows
            elif kind == 1:
                query = f"SELECT number, toString(number) FROM numbers({rows * 100})"
                assert len(client.query(query).result_rows) == rows * 100
            else:
                with pytest.raises(DatabaseError):
                    client.command("SELECT throwIf(number = 7) FROM numbers(10)")
        return written

    with ThreadPoolExecutor(8) as pool:
        written = sum(pool.map(work, range(8)))
    assert server.query(f"SELECT count() FROM {table}") == f"{written}\n"


def test_a_request_too_many_waits_for_its_turn(server: Bridge) -> None:
    with ThreadPoolExecutor(120) as pool:
        answers = list(pool.map(lambda _: server.post("SELECT sleep(1)"), range(120)))
    assert {answer.text for answer in answers} == {"0\n"}


def test_postgresql_is_read_and_written_in_place(engines: Warehouse) -> None:
    engines.query("CREATE SCHEMA bridged")
    engines.query("CREATE TABLE bridged.source (n bigint NOT NULL, s text, m numeric(12, 2))")
    engines.query(
        "INSERT INTO bridged.source SELECT n, 'é' || n, n / 100.0 FROM generate_series(1, 100000) n"
    )
    engines.query("CREATE TABLE bridged.target (n bigint, s text, m numeric(12, 2))")
    host, port = engines.setting("POSTGRES_HOST"), engines.setting("POSTGRES_PORT")
    user, password = engines.setting("POSTGRES_USER"), engines.setting("POSTGRES_PASSWORD")
    client = engines.clickhouse()
    database = engines.setting("POSTGRES_DATABASE")
    server = f"'{host}:{port}', '{database}', '{user}', '{password}'"
    client.command(f"CREATE DATABASE bridged ENGINE = PostgreSQL({server}, 'bridged')")
    try:
        expected = (100_000, 5_000_050_000, Decimal("50000500.00"))
        totals = "SELECT count(), sum(n), sum(m) FROM"
        assert client.query(f"{totals} bridged.source").first_row == expected
        client.command("INSERT INTO bridged.target SELECT * FROM bridged.source")
        assert client.query(f"{totals} bridged.target").first_row == expected
        assert engines.query("SELECT count(*), sum(n), sum(m) FROM bridged.target") == [expected]
        assert engines.query("SELECT s FROM bridged.target WHERE n = 7") == [("é7",)]
    finally:
        client.command("DROP DATABASE bridged")
        engines.query("DROP SCHEMA bridged CASCADE")
