"""JSON-lines: one object a line, every field as the text that stands in the file."""

import json
import random

import pytest
from ingest.ingestion import THINGS, Ingestion

LINES = {**THINGS, "files": "*.jsonl", "format": "jsonl"}


@pytest.fixture
def lines(ingestion: Ingestion) -> Ingestion:
    """An ingestion of JSON-lines files."""
    ingestion.streams = [LINES]
    return ingestion


def test_values_keep_what_stands_in_the_file(lines: Ingestion) -> None:
    lines.write(
        "x.jsonl",
        r"""
{"a": "text", "b": "", "c": null}
{"a": 1.10, "b": -0, "c": 12345678901234567890123.4500E+2}
{"a": true, "b": false}
{"a": {"k": [1.10, null, "é", {}], "k": "\"\n"}, "b": [], "c": "é\n\"quoted\", 1"}
{"c": "\\.", "b" : " ", "a":"\\N"}
""".lstrip(),
    )
    lines.load()
    assert lines.things() == [
        ("text", "", None),
        ("1.10", "-0", "12345678901234567890123.4500E+2"),
        ("true", "false", None),
        ('{"k":[1.10,null,"é",{}],"k":"\\"\\n"}', "[]", 'é\n"quoted", 1'),
        ("\\N", " ", "\\."),
    ]
    assert lines.query("select _source_line from raw.things order by 1") == [
        (number,) for number in range(1, 6)
    ]


def test_lines_that_are_no_objects_are_rejected(lines: Ingestion) -> None:
    bad = {
        b'{"a": 1': "not JSON: Expecting ',' delimiter at character 8",
        b"[1, 2]": "JSON, but not an object",
        b"7": "JSON, but not an object",
        b'{"a": 1} {"a": 2}': "not JSON: Extra data at character 10",
        b'{"a": NaN}': "not JSON: NaN is no number",
        b'{"a": 1, "b": 2, "a": 3}': "key 'a' more than once",
        b'{"a": 1, "A": 2}': "two keys that give the same column",
        b'{"a": 1, "-": 2}': "a key without a letter or digit",
        rb'{"a": "\u0000"}': "a character that is no text: NUL or half of a surrogate pair",
        rb'{"a": "\ud800"}': "a character that is no text: NUL or half of a surrogate pair",
        rb'{"a": ["\ud800"]}': "a character that is no text: NUL or half of a surrogate pair",
        b'{"a": "\xff"}': "not valid utf-8",
        b"\0": "not JSON: Expecting value at character 1",
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}": "nested too deep",
        b"  ": "blank line",
        b"a,b,c": "not JSON: Expecting value at character 1",
    }
    good = [json.dumps({"a": number}).encode() for number in range(200)]
    content = [line for pair in zip(good, bad, strict=False) for line in pair] + good[len(bad) :]
    lines.write("x.jsonl", b"\r\n".join(content))
    lines.load()
    assert lines.things() == [(str(number), None, None) for number in range(200)]
    found = lines.rejects("x.jsonl")
    assert [reason for _, reason, _ in found] == list(bad.values())
    assert [number for number, _, _ in found] == [2 * number for number in range(1, len(bad) + 1)]
    assert found[0][2] == '{"a": 1'
    assert found[-1][2] == "a,b,c"
    assert lines.log() == [("x.jsonl", "loaded", 216, 200, 16)]


def test_keys_that_turn_up_later_become_columns(lines: Ingestion) -> None:
    padding = "x" * 1000
    content = [json.dumps({"a": number, "b": padding, "c": 1}) for number in range(3000)]
    content[2500] = json.dumps({"a": 2500, "loyaltyCard": "gold", "c": 1})
    lines.write("x.jsonl", "\n".join(content))
    told = lines.load().stderr
    assert "lab/x.jsonl has a new column loyalty_card: added to raw.things" in told
    assert lines.query(
        "select a, b, loyalty_card from raw.things where loyalty_card is not null or b is null"
    ) == [("2500", None, "gold")]
    assert lines.query("select count(*), count(distinct _source_line) from raw.things") == [
        (3000, 3000)
    ]


def test_a_key_that_no_line_has_is_null_and_told(lines: Ingestion) -> None:
    lines.write("x.jsonl", '{"a": 1, "c": 3}\n{"c": 4}')
    assert "lab/x.jsonl has no column b: it is null" in lines.load().stderr
    assert lines.things() == [("1", None, "3"), (None, None, "4")]


def test_a_key_that_seems_to_be_renamed_is_refused(lines: Ingestion) -> None:
    lines.write("x.jsonl", '{"a": 1, "b": 2, "sea": 3}\n' * 3)
    done = lines.load(check=False)
    assert done.returncode == 1
    assert "lab/x.jsonl is not loaded: it lacks c and has sea instead" in done.stderr
    assert lines.things() == []
    assert lines.query(
        "select count(*) from information_schema.columns "
        "where table_schema = 'raw' and table_name = 'things' and column_name = 'sea'"
    ) == [(0,)]


def test_too_many_bad_lines_fail_the_file(lines: Ingestion) -> None:
    lines.write("array.jsonl", '[\n{"a": 1},\n{"a": 2}\n]\n')
    lines.write("empty.jsonl", "")
    lines.write("good.jsonl", '{"a": 1, "b": 2, "c": 3}')
    done = lines.load(check=False)
    assert done.returncode == 1
    assert (
        "lab/array.jsonl is not loaded: 3 of its 4 lines are bad (75.0%, the limit is 10%), "
        "the first is line 1: not JSON: Expecting value at character 2"
    ) in done.stderr
    assert "lab/empty.jsonl is empty" in done.stderr
    assert lines.things() == [("1", "2", "3")]


def test_a_changed_file_is_replaced_whole(lines: Ingestion) -> None:
    line = '{"a": 1, "b": 2, "c": 3}\n'
    lines.write("x.jsonl", line * 20 + "oops\n")
    lines.load()
    assert lines.log() == [("x.jsonl", "loaded", 21, 20, 1)]
    lines.load()
    assert len(lines.log()) == 1
    lines.write("x.jsonl", line * 20)
    lines.load()
    assert lines.log() == [("x.jsonl", "replaced", 21, 20, 1), ("x.jsonl", "loaded", 20, 20, 0)]
    assert lines.things() == [("1", "2", "3")] * 20
    assert lines.rejects("x.jsonl") == []


def test_a_thousand_columns_more_than_a_table_holds_refuse_the_file(lines: Ingestion) -> None:
    lines.write("x.jsonl", "".join(f'{{"a": 1, "b": 2, "c": 3, "k{n}": 4}}\n' for n in range(2600)))
    done = lines.load(check=False)
    assert "lab/x.jsonl is not loaded: the server does not take it" in done.stderr
    assert "Traceback" not in done.stderr
    assert lines.things() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_what_json_reads_is_what_arrives(lines: Ingestion, encoding: str) -> None:
    draw = random.Random(encoding)
    lines.streams = [{**LINES, "encoding": encoding}]
    values = ['a"b', "c,d", "e\nf", "é", "\r", "\\.", "", " ", "0", '""', "\x85\x0b"]
    rows = [
        {key: draw.choice(values) for key in draw.sample(["a", "b", "c"], draw.randint(1, 3))}
        for _ in range(500)
    ]
    content = "\n".join(json.dumps(row, ensure_ascii=draw.random() < 0.5) for row in rows)
    lines.write("x.jsonl", content.encode(encoding))
    lines.load()
    assert lines.things() == [(row.get("a"), row.get("b"), row.get("c")) for row in rows]


def test_a_dialect_that_there_is_not_is_told(lines: Ingestion) -> None:
    lines.streams = [{**LINES, "format": "xml"}]
    lines.write("x.jsonl", "")
    done = lines.extract(check=False)
    assert done.returncode == 1
    assert "format is 'xml' in meltano.yml: files are csv or jsonl" in done.stderr
    assert "Traceback" not in done.stderr
