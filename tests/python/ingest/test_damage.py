r"""Damaged files: each bad line costs itself alone, and the account balances.

All files of a test are loaded at once, since starting the programs is what takes time.
"""

import csv
import io
import random
from collections.abc import Callable

import pytest
from ingest.ingestion import Ingestion

# Good lines around the damage keep every file below the limit of rejects.
GOOD = [f"{number},x,y" for number in range(30)]


def damaged(*lines: str | bytes) -> bytes:
    """A file of good lines with others after the tenth, which is line 11 of the file."""
    all_lines = [b"a,b,c"]
    for line in (*GOOD[:10], *lines, *GOOD[10:]):
        all_lines.append(line if isinstance(line, bytes) else line.encode())
    return b"\n".join(all_lines) + b"\n"


# name → (content, rejects as line number, reason and line, rows that are not among the good ones)
CASES: dict[str, tuple[bytes, list[tuple[int, str, str]], list[tuple[str, str, str]]]] = {
    "short": (damaged("1,2"), [(12, "2 fields where 3 are expected", "1,2")], []),
    "long": (damaged("1,2,3,4"), [(12, "4 fields where 3 are expected", "1,2,3,4")], []),
    "short-and-long": (
        damaged("1,2", "1,2,3,4"),
        [
            (12, "2 fields where 3 are expected", "1,2"),
            (13, "4 fields where 3 are expected", "1,2,3,4"),
        ],
        [],
    ),
    "nul": (damaged(b"1,\0,3"), [(12, "NUL byte", "1,\\x00,3")], []),
    "not-utf-8": (damaged(b"1,\xff,3"), [(12, "not valid utf-8", "1,\\xff,3")], []),
    "blank": (
        damaged("", " "),
        [(12, "blank line", ""), (13, "blank line", " ")],
        [],
    ),
    "blank-at-the-end": (damaged() + b"\n", [(32, "blank line", "")], []),
    "open-quote": (damaged('1,"2,3'), [(12, "open quote", '1,"2,3')], []),
    "two-open-quotes": (
        damaged('1,"2,3', "4,5,6", '7,"8,9'),
        [(12, "open quote", '1,"2,3'), (14, "open quote", '7,"8,9')],
        [("4", "5", "6")],
    ),
    "open-quote-in-the-last-line": (
        damaged() + b'1,"2,3',
        [(32, "open quote", '1,"2,3')],
        [],
    ),
    "text-after-a-quote": (
        damaged('1,"2"x,3'),
        [(12, "text after a closing quote", '1,"2"x,3')],
        [],
    ),
    "end-of-data-mark": (
        damaged("\\."),
        [(12, "1 fields where 3 are expected", "\\.")],
        [],
    ),
    "end-of-data-mark-made-up-for": (
        damaged("\\.", "1,2,3,4,5"),
        [
            (12, "1 fields where 3 are expected", "\\."),
            (13, "5 fields where 3 are expected", "1,2,3,4,5"),
        ],
        [],
    ),
    "end-of-data-mark-in-quotes": (
        damaged('1,"a\n\\.\nb",3'),
        [],
        [("1", "a\n\\.\nb", "3")],
    ),
    "lone-carriage-return": (
        damaged("1,2\r,3"),
        [(12, "carriage return inside the line", "1,2\r,3")],
        [],
    ),
    "quotes": (
        damaged('1,"2,""3"",",', '4," ",""', '5,"",6'),
        [],
        [("1", '2,"3",', ""), ("4", " ", ""), ("5", "", "6")],
    ),
    "quote-inside-a-plain-field": (
        damaged('1,5" nail,x', '2,3" x 4" frame,', '3, "y",'),
        [],
        [("1", '5" nail', "x"), ("2", '3" x 4" frame', ""), ("3", ' "y"', "")],
    ),
    "line-breaks-in-quotes": (
        damaged('1,"a\nb\r\n\n",2', "bad", "3,4,5"),
        [(16, "1 fields where 3 are expected", "bad")],
        [("1", "a\nb\r\n\n", "2"), ("3", "4", "5")],
    ),
    "carriage-return-line-feed": (
        damaged("1,2,3", "bad").replace(b"\n", b"\r\n"),
        [(13, "1 fields where 3 are expected", "bad")],
        [("1", "2", "3")],
    ),
    "carriage-return-only": (
        damaged("1,2,3", "bad").replace(b"\n", b"\r"),
        [(13, "1 fields where 3 are expected", "bad")],
        [("1", "2", "3")],
    ),
    "mixed-line-ends": (
        damaged("1,2,3\r", "4,5,6"),
        [],
        [("1", "2", "3"), ("4", "5", "6")],
    ),
    "byte-order-mark": (b"\xef\xbb\xbf" + damaged("1,2,3"), [], [("1", "2", "3")]),
    "no-newline-at-the-end": (damaged() + b"1,2,3", [], [("1", "2", "3")]),
    "ten-megabytes": (
        damaged("1," + "x" * 10_000_000 + ",3", "2,2,2"),
        [],
        [("1", "x" * 10_000_000, "3"), ("2", "2", "2")],
    ),
}


@pytest.fixture(scope="module")
def loaded(new_ingestion: Callable[[str], Ingestion]) -> Ingestion:
    ingestion = new_ingestion("ingest_damaged")
    for name, (content, _, _) in CASES.items():
        ingestion.write(f"{name}.csv", content, age_seconds=60)
    ingestion.load()
    return ingestion


@pytest.mark.parametrize("name", CASES)
def test_a_bad_line_costs_itself_alone(loaded: Ingestion, name: str) -> None:
    _, rejects, rows = CASES[name]
    assert loaded.rejects(f"{name}.csv") == rejects
    found = loaded.query(
        "select a, b, c from raw.things "
        f"where _source_file = 'lab/{name}.csv' order by _source_line"
    )
    good = [tuple(line.split(",")) for line in GOOD]
    assert [row for row in found if row not in good] == rows
    assert [row for row in found if row in good] == good


def test_each_row_knows_its_line(loaded: Ingestion) -> None:
    numbers = loaded.query(
        "select a, _source_line from raw.things "
        "where _source_file = 'lab/line-breaks-in-quotes.csv' and a in ('9', '1', '3', '10', '29') "
        "and c in ('y', '2', '5') order by _source_line"
    )
    assert numbers == [("1", 3), ("3", 5), ("9", 11), ("1", 12), ("3", 17), ("10", 18), ("29", 37)]


def test_the_account_of_every_file_balances(loaded: Ingestion) -> None:
    assert (
        loaded.query(
            "select source_file from raw._loads l where status <> 'loaded' "
            "or lines_read <> rows_loaded + rows_rejected "
            "or rows_loaded <> (select count(*) from raw.things t where t._load_id = l.load_id) "
            "or rows_rejected <> (select count(*) from raw._rejects r where r.load_id = l.load_id)"
        )
        == []
    )


def test_records_longer_than_what_is_read_at_once(ingestion: Ingestion) -> None:
    # Lines of odd lengths, so that blocks end in all places of a record.
    text = "\n".join("x" * (number % 97) for number in range(500))
    rows = [(str(number), text, '"') for number in range(100)]
    ingestion.write("x.csv", "a,b,c\n" + "".join(f'{a},"{b}",""""\n' for a, b, _ in rows))
    ingestion.load()
    assert ingestion.things() == rows
    assert ingestion.query("select max(_source_line) from raw.things") == [(2 + 99 * 500,)]


def test_files_without_rows(ingestion: Ingestion) -> None:
    ingestion.write("empty.csv", "")
    ingestion.write("byte-order-mark.csv", b"\xef\xbb\xbf")
    ingestion.write("header-only.csv", "a,b,c\n")
    ingestion.write("header-without-newline.csv", "a,b,c", age_seconds=60)
    done = ingestion.load()
    assert "lab/empty.csv is empty" in done.stderr
    assert [entry[1:] for entry in ingestion.log()] == [("loaded", 0, 0, 0)] * 4
    ingestion.write("empty.csv", "a,b,c\n1,2,3\n")
    ingestion.load()
    assert ingestion.things() == [("1", "2", "3")]


def test_too_many_bad_lines_fail_their_file_alone(ingestion: Ingestion) -> None:
    ingestion.write("bad.csv", "a,b,c\n" + "1,2,3\n" * 8 + "x\ny\n\n")
    ingestion.write("good.csv", "a,b,c\n" + "1,2,3\n" * 10 + "x\n")
    ingestion.write("binary.csv", random.Random(1).randbytes(5000))
    ingestion.write("endless.csv", b"a,b,c\n" + b"x" * (65 << 20))
    done = ingestion.load(check=False)
    assert done.returncode == 1
    assert (
        "lab/bad.csv is not loaded: 2 of its 11 lines are bad (18.2%, the limit is 10%), "
        "the first is line 10: 1 fields where 3 are expected"
    ) in done.stderr
    assert "lab/binary.csv is not loaded: " in done.stderr
    assert "lab/endless.csv is not loaded: line 2 is longer than 64 MiB" in done.stderr
    assert "files not loaded: 3" in done.stderr
    assert ("good.csv", "loaded", 11, 10, 1) in ingestion.log()
    assert ingestion.things() == [("1", "2", "3")] * 10
    assert ingestion.query(
        "select message from raw._loads where source_file = 'lab/endless.csv'"
    ) == [("line 2 is longer than 64 MiB: this is not a file of lines",)]
    assert "Traceback" not in done.stderr


def test_files_as_python_reads_them(ingestion: Ingestion) -> None:
    """Random well-formed files, with every awkward character there is, against csv.reader."""
    expected: dict[str, list[tuple[str, ...]]] = {}
    chance = random.Random(2)
    blank = 0
    for number in range(150):
        rows = [
            [
                "".join(chance.choices('a,"\n\r;\\. é\u2028\x1c\t', k=chance.randrange(6)))
                for _ in range(3)
            ]
            for _ in range(chance.randrange(40))
        ]
        text = io.StringIO()
        # Python leaves a line break without quotes unless it is one of the line ends it writes.
        if number % 3:
            writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
        else:
            writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([["a", "b", "c"], *rows])
        ingestion.write(f"{number}.csv", text.getvalue())
        reader = csv.reader(io.StringIO(text.getvalue(), newline=""), strict=True)
        next(reader)
        records = list(reader)
        # A row without anything in it is a blank line.
        expected[f"lab/{number}.csv"] = [tuple(record) for record in records if any(record)]
        blank += sum(not any(record) for record in records)
    ingestion.load()
    found: dict[str, list[tuple[str, ...]]] = {name: [] for name in expected}
    for name, *row in ingestion.query(
        "select _source_file, a, b, c from raw.things order by _source_file, _source_line"
    ):
        found[name].append(tuple(row))
    assert found == expected
    assert ingestion.query("select reason, count(*) from raw._rejects group by 1") == [
        ("blank line", blank)
    ]
