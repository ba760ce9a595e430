"""JSON-lines: one object a line, every field as the text that stands in the file."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from ingest.ingestion import THINGS, Ingestion

JSON_LINES = {**THINGS, "format": "jsonl"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1")

VALUES = r"""
{"a": "text", "b": "", "c": null}
{"a": 1.10, "b": -0, "c": 12345678901234567890123.4500E+2}
{"a": true, "b": false}
{"a": {"k": [1.10, null, "é", {}], "k": "\"\n"}, "b": [], "c": "é\n\"quoted\", 1"}
{"c": "\\.", "b" : " ", "a":"\\N"}
""".lstrip()

BAD = {
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


def bad_lines_among_good() -> bytes:
    good = [json.dumps({"a": number}).encode() for number in range(200)]
    pairs = [line for pair in zip(good, BAD, strict=False) for line in pair]
    return b"\r\n".join(pairs + good[len(BAD) :])


def a_key_in_the_third_block() -> str:
    padding = "x" * 1000
    lines = [json.dumps({"a": number, "b": padding, "c": 1}) for number in range(3000)]
    lines[2500] = json.dumps({"a": 2500, "loyaltyCard": "gold", "c": 1})
    return "\n".join(lines)


def random_rows(encoding: str) -> list[dict[str, str]]:
    draw = random.Random(encoding)
    values = ['a"b', "c,d", "e\nf", "é", "\r", "\\.", "", " ", "0", '""', "\x85\x0b"]
    return [
        {key: draw.choice(values) for key in draw.sample(["a", "b", "c"], draw.randint(1, 3))}
        for _ in range(500)
    ]


def in_encoding(encoding: str) -> bytes:
    draw = random.Random(encoding)
    rows = random_rows(encoding)
    lines = (json.dumps(row, ensure_ascii=draw.random() < 0.5) for row in rows)
    return "\n".join(lines).encode(encoding)


FILES: dict[str, str | bytes] = {
    "values": VALUES,
    "bad": bad_lines_among_good(),
    "late": a_key_in_the_third_block(),
    "missing": '{"a": 1, "c": 3}\n{"c": 4}',
    "renamed": '{"a": 1, "b": 2, "sea": 3}\n' * 3,
    "pretty": '[\n{"a": 1},\n{"a": 2}\n]\n',
    "empty": "",
    "wide": "".join(f'{{"a": 1, "b": 2, "c": 3, "k{n}": 4}}\n' for n in range(2600)),
    **{f"in_{encoding.replace('-', '_')}": in_encoding(encoding) for encoding in ENCODINGS},
}


@dataclass(frozen=True)
class Loaded:
    """What was loaded, a file to a table, and what was said."""

    ingestion: Ingestion
    told: str
    exit_code: int

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        return self.ingestion.query(f"select a, b, c from raw.{table} order by _source_line")


@pytest.fixture(scope="module")
def loaded(new_ingestion: Callable[[str], Ingestion]) -> Loaded:
    """All files, loaded by one run."""
    ingestion = new_ingestion("ingest_json_lines")
    encodings = {f"in_{encoding.replace('-', '_')}": encoding for encoding in ENCODINGS}
    ingestion.streams = [
        {**JSON_LINES, "name": name, "files": f"{name}.x", "encoding": encodings.get(name, "utf-8")}
        for name in FILES
    ]
    for name, content in FILES.items():
        ingestion.write(f"{name}.x", content)
    done = ingestion.load(check=False)
    return Loaded(ingestion, done.stderr, done.returncode)


def test_values_keep_what_stands_in_the_file(loaded: Loaded) -> None:
    assert loaded.rows("values") == [
        ("text", "", None),
        ("1.10", "-0", "12345678901234567890123.4500E+2"),
        ("true", "false", None),
        ('{"k":[1.10,null,"é",{}],"k":"\\"\\n"}', "[]", 'é\n"quoted", 1'),
        ("\\N", " ", "\\."),
    ]
    assert loaded.ingestion.query("select _source_line from raw.values order by 1") == [
        (number,) for number in range(1, 6)
    ]


def test_lines_that_are_no_objects_are_rejected(loaded: Loaded) -> None:
    assert loaded.rows("bad") == [(str(number), None, None) for number in range(200)]
    found = loaded.ingestion.rejects("bad.x")
    assert [reason for _, reason, _ in found] == list(BAD.values())
    assert [number for number, _, _ in found] == [2 * number for number in range(1, len(BAD) + 1)]
    assert found[0][2] == '{"a": 1'
    assert found[-1][2] == "a,b,c"
    assert ("bad.x", "loaded", 216, 200, 16) in loaded.ingestion.log()


def test_keys_that_turn_up_later_become_columns(loaded: Loaded) -> None:
    assert "lab/late.x has a new column loyalty_card: added to raw.late" in loaded.told
    assert loaded.ingestion.query(
        "select a, b, loyalty_card from raw.late where loyalty_card is not null or b is null"
    ) == [("2500", None, "gold")]
    assert loaded.ingestion.query(
        "select count(*), count(distinct _source_line) from raw.late"
    ) == [(3000, 3000)]


def test_a_key_that_no_line_has_is_null_and_told(loaded: Loaded) -> None:
    assert "lab/missing.x has no column b: it is null" in loaded.told
    assert loaded.rows("missing") == [("1", None, "3"), (None, None, "4")]


def test_a_key_that_seems_to_be_renamed_is_refused(loaded: Loaded) -> None:
    assert "lab/renamed.x is not loaded: it lacks c and has sea instead" in loaded.told
    assert loaded.rows("renamed") == []
    assert loaded.ingestion.query(
        "select count(*) from information_schema.columns "
        "where table_schema = 'raw' and table_name = 'renamed' and column_name = 'sea'"
    ) == [(0,)]


def test_files_that_are_not_such_lines_are_refused(loaded: Loaded) -> None:
    assert loaded.exit_code == 1
    assert (
        "lab/pretty.x is not loaded: 3 of its 4 lines are bad (75.0%, the limit is 10%), "
        "the first is line 1: not JSON: Expecting value at character 2"
    ) in loaded.told
    assert "lab/empty.x is empty" in loaded.told
    # A table has room for 1,600 columns.
    assert "lab/wide.x is not loaded: the server does not take it" in loaded.told
    assert loaded.rows("pretty") == loaded.rows("wide") == []
    assert "Traceback" not in loaded.told


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_json_reads_is_what_arrives(loaded: Loaded, encoding: str) -> None:
    expected = [(row.get("a"), row.get("b"), row.get("c")) for row in random_rows(encoding)]
    assert loaded.rows(f"in_{encoding.replace('-', '_')}") == expected


def test_a_changed_file_is_replaced_whole(ingestion: Ingestion) -> None:
    ingestion.streams = [{**JSON_LINES, "name": "things", "files": "*.jsonl"}]
    line = '{"a": 1, "b": 2, "c": 3}\n'
    ingestion.write("x.jsonl", line * 20 + "oops\n")
    ingestion.load()
    assert ingestion.log() == [("x.jsonl", "loaded", 21, 20, 1)]
    ingestion.write("x.jsonl", line * 20)
    ingestion.load()
    assert ingestion.log() == [("x.jsonl", "replaced", 21, 20, 1), ("x.jsonl", "loaded", 20, 20, 0)]
    assert ingestion.things() == [("1", "2", "3")] * 20
    assert ingestion.rejects("x.jsonl") == []
