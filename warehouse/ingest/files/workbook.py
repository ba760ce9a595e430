"""The rows of a sheet of a workbook, Excel's or OpenDocument's, as CSV."""

import csv
import datetime
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import IO, Any

from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.sources import Dialect

# How old workbooks begin, and all that have a password.
OLD_MAGIC = b"\xd0\xcf\x11\xe0"

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LOCKED = "it is a workbook with a password: save it without one"

_ROWS_AT_ONCE = 5000

# Whole numbers up to here are exact.
_EXACT = 2.0**53

# A moment is a fraction of days, which seldom hits the second.
_NEARLY = 1000


def sheet_as_csv(content: IO[bytes], dialect: Dialect) -> Iterator[bytes]:
    """Yield the rows of a workbook's sheet as CSV in UTF-8, many at a time.

    It is the sheet that the dialect names, or else the only one that is visible and not empty. A
    cell is the text that one sees in it, as far as the workbook says so without its formats: days
    and moments in ISO's form, numbers with 15 digits at most, as Excel shows them.

    Raises:
        RefusedFileError: It cannot be read, or has not the one sheet.
    """
    # Loaded where a workbook is, as it takes some time.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_filelike(content) as workbook:
            rows = _sheet(workbook, dialect.sheet).iter_rows()
            while lines := _lines(rows, dialect):
                yield lines
    except PasswordError:
        raise RefusedFileError(_LOCKED) from None
    except CalamineError as error:
        content.seek(0)
        if _ENCRYPTED in content.read():
            raise RefusedFileError(_LOCKED) from None
        reason = str(error).partition("\n")[0]
        raise RefusedFileError(
            f"it is a damaged workbook, or another Office file: {reason}"
        ) from None


def _sheet(workbook: Any, name: str | None) -> Any:
    """The sheet of a name; without a name the only one."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if name is not None:
        if name in (sheet.name for sheet in tables):
            return workbook.get_sheet_by_name(name)
        raise RefusedFileError(
            f"it has no sheet {name!r}, but {_listed(sheet.name for sheet in tables)}: "
            f"mend 'sheet' at its stream in meltano.yml"
        )
    visible = [
        workbook.get_sheet_by_name(sheet.name)
        for sheet in tables
        if sheet.visible == SheetVisibleEnum.Visible
    ]
    filled = [sheet for sheet in visible if sheet.height]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise RefusedFileError("it is a workbook whose sheets are empty")
    raise RefusedFileError(
        f"it has the sheets {_listed(sheet.name for sheet in filled)}: say which one with "
        f"sheet: {filled[0].name} at its stream in meltano.yml"
    )


def _listed(names: Iterator[str]) -> str:
    return ", ".join(map(repr, names))


def _lines(rows: Iterator[list[Any]], dialect: Dialect) -> bytes:
    """The next rows as CSV; nothing at the end."""
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=dialect.delimiter, quotechar=dialect.quote, lineterminator="\n"
    )
    for _, row in zip(range(_ROWS_AT_ONCE), rows, strict=False):
        writer.writerow([_TEXTS.get(type(cell), str)(cell) for cell in row])
    return text.getvalue().encode("utf-8", "replace")


def _number(value: float) -> str:
    """A number as Excel shows it at its most exact: 15 digits, so that 0.1 + 0.2 is 0.3."""
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def _moment(value: datetime.datetime) -> str:
    if value.microsecond >= 1_000_000 - _NEARLY:
        value += datetime.timedelta(microseconds=1_000_000 - value.microsecond)
    elif value.microsecond <= _NEARLY:
        value = value.replace(microsecond=0)
    return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")


def _time(value: datetime.time) -> str:
    return _moment(datetime.datetime.combine(datetime.date.min, value)).partition(" ")[2]


def _duration(value: datetime.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _number,
    bool: lambda value: str(value).upper(),
    datetime.datetime: _moment,
    datetime.date: datetime.date.isoformat,
    datetime.time: _time,
    datetime.timedelta: _duration,
}
