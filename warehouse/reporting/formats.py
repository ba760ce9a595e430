"""How a report is written: as a table for people, or as CSV, JSON or a page of HTML."""

import csv
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import babel
import jinja2
from babel.numbers import format_decimal

from warehouse import exact_json, terminal

FORMATS = ("table", "csv", "json", "html")

# Where the environment names no language, as in C: commas between thousands, and a point.
_NO_LANGUAGE = "en_US_POSIX"


def write(form: str, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a report to the standard output.

    Args:
        form: One of FORMATS.
        title: The question that the report answers.
        columns: The names of its columns.
        rows: As many values each.
    """
    match form:
        case "csv":
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerows([columns, *rows])
        case "json":
            terminal.say("[" + ",\n ".join(_object(columns, row) for row in rows) + "]")
        case "html":
            terminal.say(_page(title, columns, rows))
        case _:
            for line in ("", title, ""):
                terminal.say(line)
            cells = [[_text(value) for value in row] for row in rows]
            terminal.table(columns, cells, _numeric(rows))


def _object(columns: Sequence[str], row: Sequence[Any]) -> str:
    """A row as an object of JSON, its numbers with all their digits."""
    members = exact_json.Members()
    for name, value in zip(columns, row, strict=True):
        if isinstance(value, bool) or value is None:
            members.append((name, value))
        elif isinstance(value, int | Decimal):
            members.append((name, exact_json.Number(value)))
        else:
            members.append((name, str(value)))
    return exact_json.compact(members)


def _page(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A page that needs nothing else: each number lies on a bar of its column's scale."""
    numeric = _numeric(rows)
    largest = {column: max(abs(row[column] or 0) for row in rows) for column in numeric}

    def cell(column: int, value: Any) -> dict[str, Any]:
        share = abs(value or 0) / largest[column] if largest.get(column) else 0
        return {
            "text": _text(value),
            "is_number": column in numeric,
            "percent": round(100 * share, 1),
            "is_negative": column in numeric and (value or 0) < 0,
        }

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("warehouse.reporting", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        title=title,
        header=[(name.replace("_", " "), column in numeric) for column, name in enumerate(columns)],
        rows=[[cell(column, value) for column, value in enumerate(row)] for row in rows],
    )


def _numeric(rows: Sequence[Sequence[Any]]) -> set[int]:
    """The positions of the columns that hold numbers."""
    return {
        column
        for row in rows
        for column, value in enumerate(row)
        if isinstance(value, int | Decimal) and not isinstance(value, bool)
    }


def _text(value: object) -> str:
    """A value as people read it, numbers as the language of the environment writes them."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return str(value)
    pattern = "#,##0" if isinstance(value, int) else "#,##0.00"
    return format_decimal(value, pattern, locale=_language())


def _language() -> str:
    try:
        return babel.default_locale("LC_NUMERIC") or _NO_LANGUAGE
    except (ValueError, babel.UnknownLocaleError):
        return _NO_LANGUAGE
