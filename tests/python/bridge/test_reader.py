"""The user who may only read: sees the databases that are named, and gets around nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import clickhouse_connect
import pytest
from bridge.bridge_process import READABLE, READER, READERS_PASSWORD, Answer, Bridge, basic
from clickhouse_connect.driver.exceptions import DatabaseError
from support import wait_for

READER_SAYS = basic(READER, READERS_PASSWORD)
ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))"

# Quotation marks that only the engine knows, with one in them that everybody does.
A_QUOTE = "\N{LEFT SINGLE QUOTATION MARK}'\N{RIGHT SINGLE QUOTATION MARK}"

SYNTAX, DENIED, READONLY, NO_FORMAT = 62, 497, 164, 73


@pytest.fixture(scope="module")
def shown(server: Bridge) -> Iterator[Bridge]:
    """A bridge with what the reader may see, and what they may not."""
    for statement in (
        f"CREATE DATABASE {READABLE}",
        "CREATE DATABASE kept",
        f"CREATE TABLE {READABLE}.sales (n UInt64, s String) ENGINE = MergeTree ORDER BY n",
        f"INSERT INTO {READABLE}.sales VALUES (1, 'it''s file(1)'), (2, 'b\n')",
        "CREATE TABLE kept.customers (name String) ENGINE = MergeTree ORDER BY name",
        "INSERT INTO kept.customers VALUES ('Ada')",
        f"CREATE VIEW {READABLE}.behind AS SELECT name FROM kept.customers",
    ):
        server.query(statement)
    yield server
    for database in (READABLE, "kept"):
        server.query(f"DROP DATABASE {database}")


def ask(bridge: Bridge, sql: str, method: str = "POST", **parameters: Any) -> Answer:
    """What the reader is told, the query in the body, or in the URL of a GET."""
    if method == "POST":
        return bridge.ask("POST", "/", sql, READER_SAYS, **parameters)
    return bridge.ask("GET", "/", None, READER_SAYS, query=sql, **parameters)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("sql", "result"),
    [
        ("SELECT n, s FROM shown.sales ORDER BY n LIMIT 1", "1\tit\\'s file(1)\n"),
        ("SELECT s FROM shown.sales WHERE n = 2 FORMAT JSONEachRow", '{"s":"b\\n"}\n'),
        ("SELECT sum(n) FROM shown.sales -- file('/etc/passwd')", "3\n"),
        ("WITH 2 AS two SELECT n FROM shown.sales WHERE n = two", "2\n"),
        ("EXISTS shown.sales", "1\n"),
        ("SHOW TABLES FROM shown", "behind\nsales\n"),
        ("SHOW DATABASES", "shown\n"),
        ("SELECT name FROM system.tables WHERE database = 'kept'", ""),
        ("SELECT {x:UInt8} + 1", "5\n"),
    ],
)
def test_what_is_shown_is_read(shown: Bridge, method: str, sql: str, result: str) -> None:
    answer = ask(shown, sql, method, param_x="4")
    assert (answer.status, answer.text) == (200, result)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("sql", "code"),
    [
        # what is not shown
        ("SELECT * FROM kept.customers", DENIED),
        ("SELECT * FROM shown.behind", DENIED),
        ("SELECT count() FROM merge('kept', '.*')", 636),
        ("SELECT * FROM cluster('default', kept.customers)", DENIED),
        ("DESCRIBE TABLE kept.customers", DENIED),
        ("SHOW CREATE TABLE kept.customers", DENIED),
        ("EXPLAIN SELECT * FROM kept.customers", DENIED),
        ("SHOW USERS", DENIED),
        # writing
        ("INSERT INTO shown.sales VALUES (3, 'c')", READONLY),
        ("INSERT INTO shown.sales SELECT 3, 'c'", READONLY),
        ("WITH 3 AS n INSERT INTO shown.sales SELECT n, 'c'", READONLY),
        ("CREATE TABLE shown.mine (n UInt8) ENGINE = Memory", READONLY),
        ("CREATE TEMPORARY TABLE mine (n UInt8)", READONLY),
        ("CREATE FUNCTION mine AS x -> x", READONLY),
        ("ALTER TABLE shown.sales DELETE WHERE 1", READONLY),
        ("DELETE FROM shown.sales WHERE 1", READONLY),
        ("TRUNCATE TABLE shown.sales", READONLY),
        ("DROP TABLE shown.sales", READONLY),
        ("OPTIMIZE TABLE shown.sales", READONLY),
        ("BACKUP DATABASE shown TO Disk('backups', 'mine')", READONLY),
        ("KILL QUERY WHERE 1", READONLY),
        ("SYSTEM FLUSH LOGS", READONLY),
        # files and other servers
        ("SELECT * FROM file('/etc/passwd', 'LineAsString')", DENIED),
        ("SELECT file('/etc/passwd')", DENIED),
        ("SELECT arrayMap(file, ['/etc/passwd'])", DENIED),
        ("SELECT arrayMap(`file`, ['/etc/passwd'])", DENIED),
        ("SELECT * APPLY file FROM (SELECT '/etc/passwd')", DENIED),
        (f"SELECT {A_QUOTE}, file('/etc/passwd'), {A_QUOTE}", DENIED),
        ("SELECT 1 /* /* */ ' */, file('/etc/passwd') /* ' */", DENIED),
        ("SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')", DENIED),
        ("SELECT * FROM s3('http://127.0.0.1:1/bucket/x.csv', 'CSV', 'a String')", DENIED),
        ("SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')", DENIED),
        ("SELECT * FROM remote('127.0.0.1:9000', kept.customers)", DENIED),
        ("SELECT * FROM sqlite('/tmp/x.db', 't')", DENIED),
        ("SELECT * FROM executable('ls', 'CSV', 'a String')", DENIED),
        ("SELECT * FROM local_files.`/etc/passwd`", DENIED),
        ("SELECT * FROM Python(sql)", DENIED),
        ("SELECT 1 INTO OUTFILE '/tmp/stolen'", 358),
        (f"SELECT {A_QUOTE} INTO OUTFILE '/tmp/stolen' -- '", 358),
        # settings and rights
        ("SET readonly = 0", READONLY),
        ("SET max_execution_time = 0", READONLY),
        ("SET ROLE owner", READONLY),
        ("SET ROLE ALL", READONLY),
        ("USE kept", READONLY),
        ("SELECT 1 SETTINGS readonly = 0", READONLY),
        ("SELECT 1 SETTINGS max_memory_usage = 0", READONLY),
        ("SELECT 1 SETTINGS log_comment = ''", READONLY),
        ("SELECT 1 FORMAT CSV SETTINGS max_threads = 1", READONLY),
        ("SELECT * FROM (SELECT * FROM kept.customers SETTINGS readonly = 0)", DENIED),
        ("GRANT owner TO default", READONLY),
        # several statements, and none
        ("SELECT 1; SET ROLE owner", SYNTAX),
        (f"SELECT {A_QUOTE}; SET ROLE owner; SELECT name FROM kept.customers -- '", SYNTAX),
        ("SELECT 1 /* /* */ ' */; SELECT 2 /* ' */", SYNTAX),
        ("SELECT 1 FORMAT `CSV; SELECT 2`", NO_FORMAT),
        ("SELEKT 1", SYNTAX),
    ],
)
def test_and_nothing_else_is_done(shown: Bridge, method: str, sql: str, code: int) -> None:
    assert ask(shown, sql, method).error[1] == code
    assert shown.query("SELECT count() FROM shown.sales") == "2\n"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"readonly": "0", "max_threads": "1"}, READONLY),
        ({"max_execution_time": "0"}, READONLY),
        ({"max_query_size": "100000000"}, READONLY),
        ({"role": "owner"}, 512),
        ({"database": "kept"}, DENIED),
        ({"default_format": "CSV; SET ROLE owner; SELECT name FROM kept.customers"}, NO_FORMAT),
        ({"default_format": "CSV SETTINGS max_threads = 1"}, NO_FORMAT),
        ({"user": "analyst"}, 516),
    ],
)
def test_nor_by_parameters(shown: Bridge, parameters: dict[str, str], code: int) -> None:
    for method in ("GET", "POST"):
        assert ask(shown, "SELECT currentRoles()", method, **parameters).error[1] == code


@pytest.mark.parametrize("name", ["file", "`file`", "fi\\x6ce", "x.file"])
def test_nor_by_names_that_are_parameters(shown: Bridge, name: str) -> None:
    by_name = "SELECT arrayMap({f:Identifier}, ['/etc/passwd'])"
    assert ask(shown, by_name, param_f=name).error == (403, DENIED)
    table = "SELECT count(), {s:String} FROM {d:Identifier}.sales"
    assert ask(shown, table, param_d=READABLE, param_s="a b").text == "2\ta b\n"


def test_nor_by_another_ones_session(shown: Bridge) -> None:
    shown.query("CREATE TEMPORARY TABLE mine AS SELECT 'secret' AS word", session_id="owners")
    assert ask(shown, "SELECT word FROM mine", session_id="owners").error == (404, 60)
    answer = ask(shown, "SELECT currentRoles(), getSetting('readonly')", session_id="owners")
    assert answer.text == "['reader']\t1\n"
    assert shown.query("SELECT word FROM mine", session_id="owners") == "secret\n"


def test_nor_with_tables_of_their_own(shown: Bridge) -> None:
    body = (
        '--x\r\nContent-Disposition: form-data; name="mine"; filename="mine"\r\n\r\n1\r\n--x--\r\n'
    )
    headers = {**READER_SAYS, "Content-Type": "multipart/form-data; boundary=x"}
    answer = shown.ask(
        "POST", "/", body, headers, query="SELECT * FROM mine", mine_structure="n UInt8"
    )
    assert answer.error[1] == READONLY


def test_the_owner_has_the_same_format_names(shown: Bridge) -> None:
    assert shown.post("SELECT 1", default_format="CSV; SELECT 2").error == (404, NO_FORMAT)


def test_others_queries_are_not_read_and_theirs_are_in_the_log(shown: Bridge) -> None:
    shown.query("SELECT 'a secret of the owner'")
    assert ask(shown, "SELECT n FROM shown.sales LIMIT 1", query_id="asked").status == 200
    shown.query("SYSTEM FLUSH LOGS")
    for table in ("query_log", "processes", "errors"):
        assert ask(shown, f"SELECT count() FROM system.{table}").text == "0\n"
    logged = "SELECT DISTINCT log_comment FROM system.query_log WHERE query LIKE '%shown.sales L%'"
    assert f"{READER} asked\n" in shown.query(logged)
    assert shown.query("SELECT count() FROM system.processes") == "1\n"


def test_memory_and_time_have_their_limits(shown: Bridge) -> None:
    assert ask(shown, "SELECT getSetting('max_execution_time')").text == "60\n"
    greedy = "SELECT length(groupArray(number)) FROM numbers(2000000000)"
    assert ask(shown, greedy).error == (500, 241)


def test_readers_wait_for_one_another_and_nobody_else_for_them(shown: Bridge) -> None:
    with ThreadPoolExecutor(6) as threads:
        asked = [threads.submit(ask, shown, ENDLESS, query_id=f"reader {n}") for n in range(6)]
        try:
            wait_for(lambda: len(shown.running()) == 5)  # the one that asks is among them
            assert shown.query("SELECT 1") == "1\n"
            assert len(shown.running()) == 5
        finally:
            wait_for(lambda: _killed(shown, asked))
    assert {each.result().error[1] for each in asked} == {394}


def _killed(bridge: Bridge, asked: list[Any]) -> bool:
    bridge.query("KILL QUERY WHERE query LIKE '%sipHash64%' ASYNC")
    return all(each.done() for each in asked)


def test_a_client_of_readers_works(shown: Bridge) -> None:
    with clickhouse_connect.get_client(
        host="127.0.0.1", port=shown.port, username=READER, password=READERS_PASSWORD
    ) as client:
        assert client.query("SELECT n FROM shown.sales ORDER BY n").result_rows == [(1,), (2,)]
        with pytest.raises(DatabaseError, match="readonly"):
            client.command("DROP TABLE shown.sales")
    address = f"/?user={READER}&password={quote(READERS_PASSWORD)}&query=SELECT+1"
    assert shown.ask("GET", address).text == "1\n"
