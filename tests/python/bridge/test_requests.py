"""How a query, its settings and its parameters reach the bridge."""

import http.client
from typing import Any

import pytest
from bridge.bridge_process import Bridge, basic


@pytest.mark.parametrize("path", ["/", "/ping", "/replicas_status"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_checks_need_no_password(server: Bridge, method: str, path: str) -> None:
    answer = server.ask(method, path)
    assert answer.status == 200
    assert answer.body == (b"Ok.\n" if method == "GET" else b"")


def test_other_addresses_and_methods_are_refused(server: Bridge) -> None:
    assert server.ask("GET", "/nothing").status == 404
    assert server.ask("PUT", "/", "SELECT 1", basic()).status == 405


def test_a_query_comes_in_the_url_the_body_or_both(server: Bridge) -> None:
    assert server.ask("GET", "/", None, basic(), query="SELECT 1").text == "1\n"
    assert server.query("SELECT 2") == "2\n"
    assert server.query(b"", query="SELECT 3") == "3\n"
    assert server.query("4 +\n0", query="SELECT") == "4\n"


def test_comments_and_semicolons_around_a_query_do_no_harm(server: Bridge) -> None:
    assert server.query("-- what\n/* is; */ SELECT ';' -- this?\n; -- SELECT 2") == ";\n"


@pytest.mark.parametrize("query", ["", " -- nothing", ";"])
def test_an_empty_query_is_an_error(server: Bridge, query: str) -> None:
    assert server.post(query).error == (400, 62)


@pytest.mark.parametrize("query", ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE t", "SELECT 1; x"])
def test_several_statements_are_refused_before_the_first_is_run(
    server: Bridge, table: str, query: str
) -> None:
    assert server.post(query).error == (400, 62)
    assert server.post(f"INSERT INTO {table} SELECT 1, 'x'; {query}").error == (400, 62)
    assert server.post(f"INSERT INTO {table} VALUES (1, ';'); {query}").error == (400, 62)
    assert server.query(f"SELECT count() FROM {table}") == "0\n"


def test_the_database_comes_in_the_url_or_a_header(server: Bridge) -> None:
    query = "SELECT currentDatabase()"
    assert server.query(query) == "default\n"
    assert server.query(query, database="system") == "system\n"
    assert server.post(query, headers={"X-ClickHouse-Database": "system"}).text == "system\n"
    assert server.post(query, database="nowhere").error == (404, 81)


def test_the_format_comes_in_the_url_a_header_or_the_query(server: Bridge) -> None:
    in_header = {"X-ClickHouse-Format": "CSV"}
    assert server.query("SELECT 'x'", default_format="CSV") == '"x"\n'
    assert server.post("SELECT 'x'", headers=in_header).text == '"x"\n'
    assert server.post("SELECT 'x' FORMAT JSONEachRow", headers=in_header).text == '{"\'x\'":"x"}\n'
    assert server.query("SELECT 'x' AS format FORMAT CSV SETTINGS max_threads = 1;") == '"x"\n'
    assert server.query("SELECT 'x' SETTINGS max_threads = 1 FORMAT CSV") == '"x"\n'
    assert server.post("SELECT 1 FORMAT Parchment").error == (404, 73)


def test_settings_hold_for_their_request_alone(server: Bridge) -> None:
    query = "SELECT getSetting('max_threads')"
    before = server.query(query)
    assert server.query(query, max_threads=7) == "7\n"
    assert server.query(query) == before


@pytest.mark.parametrize("name", ["no_such_setting", "max_threads = 1, max_block_size"])
def test_an_unknown_setting_is_an_error(server: Bridge, name: str) -> None:
    setting: dict[str, Any] = {name: 1}
    assert server.post("SELECT 1", **setting).error == (404, 115)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("UInt64", "18446744073709551615", "18446744073709551615"),
        ("String", 'it\'s; "quoted"', 'it\\\'s; "quoted"'),
        ("String", "a\\tb", "a\\tb"),
        ("Array(String)", "['x','y']", "['x','y']"),
        ("Nullable(String)", "\\N", "\\N"),
        ("Identifier", "one", "one"),
    ],
)
def test_parameters_are_filled_in(server: Bridge, kind: str, value: str, expected: str) -> None:
    if kind == "Identifier":
        query = "SELECT name FROM system.tables WHERE database = 'system' AND name = 'one'"
        assert server.query("SELECT dummy FROM system.{p:Identifier}", param_p=value) == "0\n"
        assert server.query(query) == f"{expected}\n"
    else:
        assert server.query(f"SELECT {{p:{kind}}}", param_p=value) == f"{expected}\n"


def test_a_form_holds_what_the_url_could(server: Bridge) -> None:
    form = _form({"query": "SELECT {p:String}", "param_p": "x"})
    assert server.post(form[0], headers=form[1]).text == "x\n"


def test_external_tables_are_there_for_their_query_alone(server: Bridge) -> None:
    body, headers = _form({"query": "SELECT sum(n), max(s) FROM wanted"}, wanted="1\ta\n2\tb\n")
    structure = {"wanted_structure": "n UInt64, s String"}
    assert server.post(body, headers=headers, **structure).text == "3\tb\n"
    assert server.post(body, headers=headers, wanted_types="UInt64,String").error == (404, 47)
    csv, headers = _form({"query": "SELECT sum(_1) FROM wanted"}, wanted="1\n2\n")
    types = {"wanted_types": "UInt64", "wanted_format": "CSV", "session_id": "external"}
    assert server.post(csv, headers=headers, **types).text == "3\n"
    assert server.post(csv, headers=headers, **types).text == "3\n"
    assert server.post("SELECT * FROM wanted", session_id="external").error == (404, 60)
    assert server.post(csv, headers=headers).error == (400, 36)


def _form(fields: dict[str, str], **files: str) -> tuple[str, dict[str, str]]:
    parts = [
        *(f'name="{name}"\r\n\r\n{value}' for name, value in fields.items()),
        *(f'name="{name}"; filename="{name}"\r\n\r\n{data}' for name, data in files.items()),
    ]
    body = "".join(f"--edge\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    return f"{body}--edge--\r\n", {"Content-Type": "multipart/form-data; boundary=edge"}


@pytest.mark.parametrize(
    "query",
    [
        "CREATE TABLE made (n UInt64) ENGINE = Memory",
        "INSERT INTO {table} VALUES (1, 'x')",
        "INSERT INTO {table} SELECT 1, 'x'",
        "DROP TABLE {table}",
        "TRUNCATE TABLE {table}",
        "SYSTEM FLUSH LOGS",
    ],
)
def test_a_get_only_reads(server: Bridge, table: str, query: str) -> None:
    query = query.format(table=table)
    for session in ({}, {"session_id": "reader"}):
        answer = server.ask("GET", "/", None, basic(), query=query, **session)
        assert answer.error == (500, 164)
    assert server.post(query, readonly=1).error == (500, 164)
    assert server.query(f"SELECT count() FROM {table}") == "0\n"


def test_long_queries_fit_in_the_url_and_the_body(server: Bridge) -> None:
    query = f"SELECT length('{'x' * 200_000}')"
    assert server.ask("GET", "/", None, basic(), query=query).text == "200000\n"
    longer = f"SELECT length('{'x' * 300_000}')"
    assert server.post(longer).error == (400, 62)
    assert server.query(longer, max_query_size=400_000) == "300000\n"


def test_a_parameter_may_be_longer_than_a_query(server: Bridge) -> None:
    form, headers = _form({"query": "SELECT length({p:String})", "param_p": "x" * 300_000})
    for session in ({}, {"session_id": "long"}):
        assert server.post(form, headers=headers, **session).text == "300000\n"
    assert server.query("SELECT getSetting('max_query_size')", session_id="long") == "262144\n"


def test_a_literal_may_hold_any_bytes(server: Bridge) -> None:
    assert server.query(b"SELECT hex('\xff\xfe')") == "FFFE\n"


def test_headers_say_what_the_answer_is(server: Bridge) -> None:
    answer = server.post("SELECT 1 FORMAT JSON", query_id="the-id")
    assert answer.headers["X-ClickHouse-Query-Id"] == "the-id"
    assert answer.headers["X-ClickHouse-Format"] == "JSON"
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert answer.headers["X-ClickHouse-Timezone"] == "UTC"
    assert answer.headers["X-ClickHouse-Server-Display-Name"]
    zone = server.post("SELECT 1", session_timezone="Asia/Tokyo").headers["X-ClickHouse-Timezone"]
    assert zone == "Asia/Tokyo"
    without_result = server.post("CREATE TABLE IF NOT EXISTS x (n UInt8) ENGINE = Memory")
    assert "X-ClickHouse-Format" not in without_result.headers


def test_a_connection_serves_many_requests(server: Bridge) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for query in ("SELECT 1", "SELECT nothing", "SELECT 1; SELECT 2", "SELECT 1"):
        connection.request("POST", "/", query, basic())
        last = connection.getresponse().read()
    local = connection.sock.getsockname()
    assert last == b"1\n"
    connection.request("GET", "/ping")
    connection.getresponse().read()
    assert connection.sock.getsockname() == local
    connection.close()
