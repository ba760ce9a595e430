"""Files whose columns are not the declared ones, and files written in another dialect."""

from collections.abc import Mapping
from typing import Any

import pytest
from ingest.ingestion import THINGS, Ingestion


def test_columns_may_stand_in_any_order(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "c,a,b\n3,1,2\n")
    ingestion.load()
    assert ingestion.things() == [("1", "2", "3")]


def test_a_missing_column_is_null_and_told(ingestion: Ingestion) -> None:
    ingestion.write("x.csv", "a,c\n1,3\n")
    assert "lab/x.csv has no column b: it is null" in ingestion.load().stderr
    assert ingestion.things() == [("1", None, "3")]
    assert ingestion.query("select message from raw._loads") == [("has no column b: it is null",)]


def test_an_optional_column_may_be_missing(ingestion: Ingestion) -> None:
    ingestion.streams = [{**THINGS, "optional": ["d"]}]
    ingestion.write("1.csv", "a,b,c,e\n1,2,3,5\n")
    ingestion.write("2.csv", "d,a,b,c\n4,1,2,3\n")
    told = ingestion.load().stderr
    assert "no column d" not in told and "lab/2.csv has a new" not in told
    found = ingestion.query("select a, b, c, d, e from raw.things order by _load_id")
    assert found == [("1", "2", "3", None, "5"), ("1", "2", "3", "4", None)]


def test_a_new_column_is_added_and_told(ingestion: Ingestion) -> None:
    ingestion.write("1.csv", "a,b,c\n1,2,3\n")
    ingestion.write("2.csv", "a,b,c,Loyalty Card\n4,5,6,x\n")
    ingestion.write("3.csv", "a,b,c\n7,8,9\n")
    told = ingestion.load().stderr
    assert "lab/2.csv has a new column loyalty_card: added to raw.things" in told
    assert ingestion.query("select a, loyalty_card from raw.things order by a") == [
        ("1", None),
        ("4", "x"),
        ("7", None),
    ]


def test_a_file_with_no_declared_column_is_refused(ingestion: Ingestion) -> None:
    ingestion.write("1.csv", "a,b,c,d\n1,2,3,4\n")
    ingestion.write("2.csv", "d\n5\n")
    told = "lab/2.csv is not loaded: it has d and none of the stream's columns"
    assert told in ingestion.load(check=False).stderr
    assert ingestion.things() == [("1", "2", "3")]


def test_a_column_that_is_declared_later_is_added(ingestion: Ingestion) -> None:
    ingestion.write("1.csv", "a,b,c\n1,2,3\n")
    ingestion.load()
    ingestion.streams = [{**THINGS, "columns": ["a", "b", "c", "d"]}]
    ingestion.load()
    assert ingestion.query("select a, d from raw.things") == [("1", None)]


def test_a_header_that_does_not_fit_is_refused(ingestion: Ingestion) -> None:
    reasons = {
        "a,b,sea": "it lacks c and has sea instead",
        "1,2,3": "it lacks a, b, c and has n1, n2, n3 instead",
        "a,b,c,B": "its header has b more than once",
        "a,,b,c": "column 2 of its header has no name",
        "a,b,c,": "1 of its 1 lines are bad",
        "a,b,c\0": "its first line is no CSV header",
        'a,b,"c': "its first line is no CSV header",
    }
    for number, header in enumerate(reasons):
        ingestion.write(f"{number}.csv", f"{header}\n1,2,3,4\n")
    done = ingestion.load(check=False)
    assert done.returncode == 1
    for number, reason in enumerate(reasons.values()):
        assert f"lab/{number}.csv is not loaded: {reason}" in done.stderr
    assert ingestion.things() == []


def test_a_stream_has_its_own_dialect(ingestion: Ingestion) -> None:
    dialects: dict[str, tuple[Mapping[str, Any], bytes]] = {
        "semicolons": ({"delimiter": ";"}, "a;b;c\n1,0;é;'x'\n".encode()),
        "tabs": (
            {"delimiter": "\t", "quote": "'"},
            "'a'\tb\tc\n1,0\té\t'''x'''\n".encode(),
        ),
        "western": (
            {"delimiter": ";", "encoding": "cp1252"},
            "a;b;c\n1,0;é;'x'\n".encode("cp1252"),
        ),
        "wide": (
            {"delimiter": ";", "encoding": "utf-16"},
            "a;b;c\n1,0;é;'x'\n".encode("utf-16"),
        ),
    }
    ingestion.streams = [
        {**THINGS, **dialect, "name": name, "files": f"{name}/*"}
        for name, (dialect, _) in dialects.items()
    ]
    for name, (_, content) in dialects.items():
        ingestion.write(f"{name}/x.csv", content)
    ingestion.load()
    for name in dialects:
        assert ingestion.query(f"select a, b, c from raw.{name}") == [("1,0", "é", "'x'")]


def test_a_byte_that_is_not_of_the_encoding_costs_its_line_alone(ingestion: Ingestion) -> None:
    ingestion.streams = [{**THINGS, "encoding": "cp1252"}]
    ingestion.write("x.csv", b"a,b,c\n" + b"1,2,3\n" * 20 + b"1,\x81,3\n")
    ingestion.load()
    assert ingestion.rejects("x.csv") == [(22, "not valid cp1252", "1,\\x81,3")]


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ({"delimiter": "||"}, "delimiter is '||' in meltano.yml: it must be one ASCII character"),
        ({"encoding": "klingon"}, "encoding is 'klingon' in meltano.yml: Python knows no such"),
    ],
)
def test_an_impossible_dialect_is_told(
    ingestion: Ingestion, dialect: Mapping[str, Any], message: str
) -> None:
    ingestion.streams = [{**THINGS, **dialect}]
    ingestion.write("x.csv", "a,b,c\n")
    done = ingestion.extract(check=False)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
