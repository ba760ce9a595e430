"""Files that are not what their stream says: the refusal tells what they look like, and what to do.

All are loaded at once, since starting the programs is what takes time.
"""

import gzip
import io
import zipfile
from collections.abc import Callable

import pytest
from ingest.ingestion import THINGS, Ingestion
from ingest.workbooks import locked_workbook, xlsx

GOOD = "alpha,beta,gamma\n1,2,3\n"
COLUMNS = ["alpha", "beta", "gamma"]


def zipped(*names: str, **contents: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
        for name, member in contents.items():
            archive.writestr(name, member)
    return content.getvalue()


# name → (content, what it looks like, what to do)
CSV_FILES: dict[str, tuple[str | bytes, str, str]] = {
    "utf-16": (GOOD.encode("utf-16"), "looks like UTF-16", "set encoding: utf-16 at its stream"),
    "utf-16-no-mark": (GOOD.encode("utf-16-le"), "looks like UTF-16-LE", "encoding: utf-16-le"),
    "utf-16-semicolons": (
        GOOD.replace(",", ";").encode("utf-16"),
        "looks like UTF-16",
        'encoding: utf-16 and delimiter: ";"',
    ),
    "utf-32": (GOOD.encode("utf-32"), "looks like UTF-32", "set encoding: utf-32"),
    "semicolons": (GOOD.replace(",", ";"), "separated by semicolons", 'set delimiter: ";"'),
    "tabs": (GOOD.replace(",", "\t"), "separated by tabs", r'set delimiter: "\t"'),
    "bars": (GOOD.replace(",", "|"), "separated by bars", 'set delimiter: "|"'),
    "single-quotes": ("'alpha';'beta';'gamma'\n", "semicolons", """quote: "'\""""),
    "zip": (zipped("x.csv", "y.csv"), "a zip with x.csv, y.csv in it", "unpack it"),
    "zip-empty": (zipped(), "a zip with nothing in it", "unpack it"),
    "zip-cut": (zipped("x.csv")[:-30], "a damaged zip file or workbook", "get it again"),
    "zip-twice": (zipped(**{"x.zip": zipped("x.csv")}), "a zip within a zip", "unpack it once"),
    "word": (zipped("[Content_Types].xml", "word/document.xml"), "word/document.xml", "unpack it"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99, "a damaged workbook, or another", "Office"),
    "locked": (locked_workbook(), "a workbook with a password", "save it without one"),
    "sheets": (
        xlsx({"May": [["alpha", "beta"]], "June": [["alpha", "beta"]]}),
        "it has the sheets 'May', 'June'",
        "sheet: May at its stream",
    ),
    "no-rows": (xlsx({"Sheet1": []}), "a workbook whose sheets are empty", "empty"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "looks like a PDF", "export it as CSV"),
    "parquet": (b"PAR1\x15\x04" * 9, "looks like a Parquet file", "export it as CSV"),
    "gzip-twice": (gzip.compress(gzip.compress(GOOD.encode())), "once more", "unpack it once"),
    "nul": (b"\0" * 4096, "nothing but NUL bytes", "get it again"),
    "html": ("<!DOCTYPE html>\n<html>502, Bad Gateway</html>\n", "a web page (HTML)", "get the"),
    "html-late": ("\n <html><body>a, b, c</body>\n", "a web page (HTML)", "get the file again"),
    "xml": ("<?xml version='1.0'?><rows/>\n", "looks like XML", "export it as CSV"),
    "title-as-wide": (
        "Shop 7,from,May\n" + GOOD,
        "its header seems to be line 2, below lines with as many fields",
        "delete the lines above it",
    ),
    "title-semicolons": (
        "Export of shop 7\n" + GOOD.replace(",", ";"),
        "separated by semicolons",
        'set delimiter: ";"',
    ),
    "json-lines": ('{"alpha": 1, "beta": 2}\n' * 3, "looks like JSON-lines", "format: jsonl"),
    "json-array": ('[{"alpha": 1}, {"alpha": 2}]\n', "a JSON array", "one object a line"),
}
CSV_FILES["json-object"] = ('{ "rows": [\n]\n}\n', "looks like JSON", "one object a line")

JSON_FILES: dict[str, tuple[str | bytes, str, str]] = {
    "csv": (GOOD.replace(",", ";"), "looks like CSV", 'format: csv and delimiter: ";"'),
    "array": ('[\n{"alpha": 1}\n]\n', "a JSON array", "one object a line"),
    "xlsx": (xlsx({"S": [["alpha"]]}), "looks like a workbook", "take 'format: jsonl'"),
    "page": ("<html><body>no</body></html>\n", "a web page (HTML)", "get the file again"),
}


@pytest.fixture(scope="module")
def refused(new_ingestion: Callable[[str], Ingestion]) -> str:
    """What is told of the files of both formats."""
    ingestion = new_ingestion("ingest_refused")
    ingestion.streams = [
        {**THINGS, "columns": COLUMNS, "files": "csv/*"},
        {**THINGS, "name": "json", "columns": COLUMNS, "files": "json/*", "format": "jsonl"},
        {**THINGS, "name": "wide", "columns": COLUMNS, "files": "wide/*", "encoding": "utf-16"},
    ]
    for folder, files in (("csv", CSV_FILES), ("json", JSON_FILES)):
        for name, (content, _, _) in files.items():
            ingestion.write(f"{folder}/{name}", content, age_seconds=60)
    ingestion.write("wide/narrow", GOOD, age_seconds=60)
    ingestion.write("wide/wide", GOOD.encode("utf-16"), age_seconds=60)
    # Whatever looks strange and can be read as its stream says is read.
    ingestion.write("csv/good-html", "alpha,beta,gamma\n<html>,<body>,{}\n")
    ingestion.write("csv/good-hint", "sep=;y,alpha,beta,gamma\n1,2,3,4\n")
    done = ingestion.load(check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert ingestion.query("select source_file from raw._loads where status = 'loaded'") == [
        ("lab/csv/good-hint",),
        ("lab/csv/good-html",),
        ("lab/wide/wide",),
    ]
    return "\n".join(
        f"{name}: {why}"
        for name, why in ingestion.query("select source_file, message from raw._loads")
    )


@pytest.mark.parametrize("name", CSV_FILES)
def test_a_refusal_says_what_it_looks_like(refused: str, name: str) -> None:
    said = line_of(refused, f"lab/csv/{name}")
    _, looks, advice = CSV_FILES[name]
    assert looks in said
    assert advice in said


@pytest.mark.parametrize("name", JSON_FILES)
def test_a_refusal_of_json_lines_says_so(refused: str, name: str) -> None:
    said = line_of(refused, f"lab/json/{name}")
    _, looks, advice = JSON_FILES[name]
    assert looks in said
    assert advice in said


def test_an_encoding_that_is_set_and_wrong_is_told(refused: str) -> None:
    assert "it is not utf-16: leave out 'encoding'" in line_of(refused, "lab/wide/narrow")


def line_of(text: str, name: str) -> str:
    [line] = [line for line in text.splitlines() if line.startswith(f"{name}: ")]
    return line


def test_an_old_end_mark_is_no_bad_line(ingestion: Ingestion) -> None:
    mark = "end-of-file mark (Ctrl-Z)"
    ingestion.write("one.csv", "a,b,c\r\n1,2,3\r\n\x1a", age_seconds=60)
    ingestion.write("padded.csv", 'a,b,c\n"4",5,6\n\x1a\x1a\x1a\n')
    ingestion.load()
    assert ingestion.things() == [("1", "2", "3"), ("4", "5", "6")]
    assert ingestion.rejects("one.csv") == [(3, mark, "\x1a")]
    assert ingestion.rejects("padded.csv") == [(3, mark, "\x1a\x1a\x1a")]
