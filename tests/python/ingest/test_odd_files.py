"""Files that a person reads without a thought: titles, totals, hints, workbooks.

All are loaded at once, since starting the programs is what takes time.
"""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterable

import pytest
from ingest.ingestion import THINGS, Ingestion
from ingest.workbooks import DAY, HOURS, MOMENT, TIME, Rows, Styled, ods, xls, xlsx

HINT, TITLE, BLANK = "Excel's hint of the separator", "above the header", "blank line"
AGAIN, TOTAL = "header again", "total"

# name → (content, the rows with their lines, the lines that are left out)
Case = tuple[str | bytes, list[tuple[int, str, str, str]], list[tuple[int, str]]]
CASES: dict[str, Case] = {
    "hint": ("sep=;\na;b;c\n1;2,5;3\n", [(3, "1", "2,5", "3")], [(1, HINT)]),
    "hint-quoted": ('"sep=\t"\r\na\tb\tc\r\n1\t2\t3\r\n', [(3, "1", "2", "3")], [(1, HINT)]),
    "hint-as-set": ("SEP=,\na,b,c\n1,2,3\n", [(3, "1", "2", "3")], [(1, HINT)]),
    "title": (
        'Export of shop 7\n\n"From","1, May"\n,,\na,b,c\n1,2,3\n',
        [(6, "1", "2", "3")],
        [(1, TITLE), (2, BLANK), (3, TITLE), (4, BLANK)],
    ),
    "header-over-two-lines": ('"a\n"," b",c\n1,2,3\n', [(3, "1", "2", "3")], []),
    "trailing": (
        "a,b,c,\n1,2,3,\n4,5,,\n6,7,8\n , ,\n",
        [(2, "1", "2", "3"), (3, "4", "5", ""), (4, "6", "7", "8"), (5, " ", " ", "")],
        [],
    ),
    "trailing-joined": (
        "a,b,c,,\n1,2,3,,\na,b,c,,\n,,,,\n,x,,,\n",
        [(2, "1", "2", "3"), (5, "", "x", "")],
        [(3, AGAIN), (4, BLANK)],
    ),
    "record-of-line-breaks": (
        '"a","b","c"\n"\n","",""\n"1","",""\n"","",""\n',
        [(2, "\n", "", ""), (4, "1", "", "")],
        [(5, BLANK)],
    ),
    "trailing-in-rows": (
        'a,b,c\n1,2,3,\n"4",5,6,"",\n7,8,9\n',
        [(2, "1", "2", "3"), (3, "4", "5", "6"), (4, "7", "8", "9")],
        [],
    ),
    "total": (
        "a,b,c\n1,2,3\nSub-total,,3\nTotal 3,,3\n2,Total,3\nTotal,01.05.2024,\n,ИТОГО:,3\nsumme,\n",
        [
            (2, "1", "2", "3"),
            (4, "Total 3", "", "3"),
            (5, "2", "Total", "3"),
            (6, "Total", "01.05.2024", ""),
        ],
        [(3, TOTAL), (7, TOTAL), (8, TOTAL)],
    ),
    "total-quoted": (
        '"a","b","c"\n"1","2","3"\n"Total","","€ 3,00"\n',
        [(2, *"123")],
        [(3, TOTAL)],
    ),
    "joined": (
        "\ufeffa,b,c\r\n1,2,3\r\n\ufeffa,b,c\r\n4,5,6\r\n,,\r\n",
        [(2, "1", "2", "3"), (4, "4", "5", "6")],
        [(3, AGAIN), (5, BLANK)],
    ),
    "xlsx": (
        xlsx(
            {
                "May": [
                    ["Sales\nof\nMay"],
                    [],
                    ["a", "\nb", "c"],
                    [17850.0, 0.1 + 0.2, Styled(45444, DAY)],
                    ["000123", 1e-7, Styled(45444.5, MOMENT)],
                    [123456789012345.0, 19.99, Styled(0.5, TIME)],
                    ["two\nlines", True, Styled(1.25, HOURS)],
                    [],
                    ["Total", None, 20.0],
                    [Styled(1e20, 0), "x", "#1"],
                ],
                "Notes": [["not", "seen"]],
                "Sheet3": [],
            },
            hidden=["Notes"],
        ),
        [
            (4, "17850", "0.3", "2024-06-01"),
            (5, "000123", "0.0000001", "2024-06-01 12:00:00"),
            (6, "123456789012345", "19.99", "12:00:00"),
            (7, "two\nlines", "TRUE", "30:00:00"),
            (10, "100000000000000000000", "x", "#1"),
        ],
        [(1, TITLE), (2, BLANK), (8, BLANK), (9, TOTAL)],
    ),
}


def sheet(*rows: Iterable[str | float | Styled]) -> Rows:
    return [["a", "b", "c"], *(list(row) for row in rows)]


def zipped(name: str, content: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in/", "")
        archive.writestr(f"in/{name}", content)
        archive.writestr(f"__MACOSX/in/._{name}", "x")
    return whole.getvalue()


CASES |= {
    "1904": (
        xlsx({"S": sheet((1, 2, Styled(43982, DAY)))}, since_1904=True),
        [(2, "1", "2", "2024-06-01")],
        [],
    ),
    "ods": (ods(sheet((17850.0, 2.5, "2024-06-01"))), [(2, "17850", "2.5", "2024-06-01")], []),
    "xls": (xls(sheet((17850.0, 2.5, "Käse"))), [(2, "17850", "2.5", "Käse")], []),
    "zip": (zipped("x.csv", b"a,b,c\n1,2,4\n"), [(2, "1", "2", "4")], []),
    "zip-of-workbook": (zipped("x.xlsx", xlsx({"S": sheet((1, 2, 5))})), [(2, "1", "2", "5")], []),
    "gzip-of-workbook": (gzip.compress(xlsx({"S": sheet((1, 2, 6))})), [(2, "1", "2", "6")], []),
}


@pytest.fixture(scope="module")
def odd(new_ingestion: Callable[[str], Ingestion]) -> Ingestion:
    """All cases, loaded; the second load finds nothing to do."""
    ingestion = new_ingestion("ingest_odd")
    # No case has the lines of another, which would be told.
    ingestion.streams = [{**THINGS, "files": "*", "columns": ["a", "b", "c"]}]
    for name, (content, _, _) in CASES.items():
        ingestion.write(name, content, age_seconds=60)
    ingestion.write("~$xlsx", "what Excel leaves beside an open workbook")
    ingestion.load()
    assert f"{len(CASES)} unchanged" in ingestion.load().stderr
    return ingestion


@pytest.mark.parametrize("name", CASES)
def test_rows_are_rows_and_other_lines_are_told(odd: Ingestion, name: str) -> None:
    _, rows, left_out = CASES[name]
    assert (
        odd.query(
            f"select _source_line, a, b, c from raw.things where _source_file = 'lab/{name}' "
            "order by _source_line"
        )
        == rows
    )
    assert [(line, reason) for line, reason, _ in odd.rejects(name)] == left_out
    counts = odd.query(
        "select lines_read, rows_loaded, rows_rejected, coalesce(message, '') from raw._loads "
        f"where source_file = 'lab/{name}'"
    )
    [(read, loaded, rejected, message)] = counts
    assert (read, loaded, rejected) == (len(rows) + len(left_out), len(rows), len(left_out))
    if not message:
        assert {reason for _, reason in left_out} <= {BLANK}
        return
    for reason in {reason for _, reason in left_out}:
        count = sum(reason == other for _, other in left_out)
        assert f"{reason}: {count}" in message
    assert ("empty fields behind its last column" in message) == name.startswith("trailing")


def test_a_workbook_is_what_its_cells_are(ingestion: Ingestion) -> None:
    books = {
        "Sales": sheet((1, 2, 3), (4, 5, 6)),
        "Lines": sheet((7, 8, 9), (7, 8, 8)),
    }
    ingestion.streams = [{**THINGS, "files": "*.xlsx", "sheet": "Sales"}]
    ingestion.write("1.xlsx", xlsx(books))
    ingestion.load()
    # Saved once more, under another name and with another sheet beside: the sales are the same.
    (ingestion.folder / "1.xlsx").unlink()
    again = xlsx({**books, "Notes": [["saved again"]]})
    ingestion.write("2.xlsx", again)
    assert "lab/2.xlsx is lab/1.xlsx under another name" in ingestion.load().stderr
    ingestion.write("3.xlsx", xlsx(books))
    assert "lab/3.xlsx is not loaded: it is a copy of lab/2.xlsx" in ingestion.load().stderr
    assert ingestion.things() == [("1", "2", "3"), ("4", "5", "6")]
    # Another sheet is another content, though the file is as it was.
    (ingestion.folder / "3.xlsx").unlink()
    ingestion.streams = [{**THINGS, "files": "*.xlsx", "sheet": "Lines"}]
    ingestion.load()
    assert ingestion.things() == [("7", "8", "9"), ("7", "8", "8")]
    # Two streams may take a sheet each of one workbook.
    ingestion.streams = [
        {**THINGS, "files": "*.xlsx", "sheet": "Lines"},
        {**THINGS, "name": "others", "files": "*.xlsx", "sheet": "Sales"},
    ]
    ingestion.load()
    assert ingestion.query("select a from raw.others order by a") == [("1",), ("4",)]
    assert ingestion.things() == [("7", "8", "9"), ("7", "8", "8")]
