"""Who is let in, and what even they may not do."""

import pytest
from bridge.bridge_process import PASSWORD, USER, Bridge, basic

Credentials = dict[str, str]

IN_HEADERS = {"X-ClickHouse-User": USER, "X-ClickHouse-Key": PASSWORD.encode().decode("latin-1")}
IN_URL = {"user": USER, "password": PASSWORD}


def ask(server: Bridge, headers: Credentials, **parameters: str) -> tuple[int, int] | str:
    answer = server.ask("GET", "/", None, headers, query="SELECT 1", **parameters)
    return answer.text if answer.status == 200 else answer.error


def test_each_way_to_name_oneself_works(server: Bridge) -> None:
    assert ask(server, basic()) == "1\n"
    assert ask(server, IN_HEADERS) == "1\n"
    assert ask(server, {}, **IN_URL) == "1\n"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic(password="wrong"),  # noqa: S106
        basic(password=""),
        basic(password=PASSWORD + "x"),
        basic(user="default"),
        {"Authorization": "Basic !"},
        {"Authorization": f"Bearer {PASSWORD.encode().decode('latin-1')}"},
        {"X-ClickHouse-User": USER},
        IN_HEADERS | {"X-ClickHouse-Key": "wrong"},
        IN_HEADERS | basic(),
    ],
)
def test_whoever_is_not_the_user_is_refused(server: Bridge, headers: Credentials) -> None:
    assert ask(server, headers) == (403, 516)


def test_the_url_is_no_second_chance(server: Bridge) -> None:
    assert ask(server, {}, user=USER, password="wrong") == (403, 516)  # noqa: S106
    assert ask(server, basic(), **IN_URL) == (403, 516)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "localhost"}, 200),
        ({"Host": "shop.example"}, 403),
        ({"Origin": "http://shop.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:1", "Origin": "http://localhost:1"}, 200),
    ],
)
def test_pages_in_a_browser_do_not_get_through(
    server: Bridge, headers: Credentials, status: int
) -> None:
    assert server.post("SELECT 1", headers=headers).status == status
    assert server.ask("GET", "/ping", None, headers).status == status


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT * FROM file('/etc/passwd', 'LineAsString')", 497),
        ("SELECT file('/etc/passwd')", 497),
        ("SELECT `file`('/etc/passwd')", 497),
        ("SELECT * APPLY file FROM (SELECT '/etc/passwd')", 497),
        ("SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')", 497),
        ("SELECT * FROM sqlite('/tmp/x.db', 't')", 497),
        ("SELECT * FROM filesystem('/etc')", 497),
        ("SELECT * FROM local_files.`/etc/passwd`", 497),
        ("INSERT INTO FUNCTION file('stolen.csv', 'CSV', 'a UInt8') VALUES (1)", 497),
        ("CREATE TABLE stolen (a UInt8) ENGINE = File(CSV)", 497),
        ("INSERT INTO FUNCTION null('s String') VALUES (file('/etc/passwd'))", 497),
        ("CREATE FUNCTION steal AS x -> file(x)", 497),
        ("SELECT 1 INTO OUTFILE 'stolen.csv'", 358),
        ("INSERT INTO system.one FROM INFILE '/etc/passwd' FORMAT CSV", 344),
        ("BACKUP DATABASE default TO File('stolen')", 497),
        ("SYSTEM SHUTDOWN", 497),
        ("SYSTEM KILL", 497),
        ("DROP DATABASE default", 497),
    ],
)
def test_files_of_the_machine_and_the_engine_itself_are_out_of_reach(
    server: Bridge, query: str, code: int
) -> None:
    assert server.post(query).error[1] == code
    assert server.query("SELECT 1") == "1\n"


def test_the_overlay_over_the_file_system_is_not_seen(server: Bridge) -> None:
    databases = server.query("SHOW DATABASES").split()
    assert databases == ["INFORMATION_SCHEMA", "default", "information_schema", "system"]
    assert server.query("SELECT engine FROM system.databases WHERE name = 'default'") == "Atomic\n"


def test_names_that_look_like_keywords_are_names(server: Bridge) -> None:
    server.query("CREATE TABLE file (file String, format String) ENGINE = Memory")
    server.query("INSERT INTO file (file, format) VALUES ('outfile', 'x; SELECT')")
    server.query("INSERT INTO file FORMAT CSV\na,b\n")
    server.query("INSERT INTO TABLE default.file(file, format) SELECT 'c', 'd'")
    assert server.query("SELECT max(file), count() AS into FROM default.file") == "outfile\t3\n"
    server.query("CREATE TABLE values (values UInt8) ENGINE = Memory")
    server.query("INSERT INTO values VALUES (1)")
    server.query("INSERT INTO values(values) VALUES (2)")
    assert server.query("SELECT sum(values) FROM values") == "3\n"
    for name in ("file", "values"):
        server.query(f"DROP TABLE {name}")
