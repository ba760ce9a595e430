"""Workbooks as office programs write them, made by hand."""

import io
import struct
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

# The formats of numbers: none, a day, a moment, a time of day, hours beyond a day.
DAY, MOMENT, TIME, HOURS = 1, 2, 3, 4


class Styled(NamedTuple):
    """A number that is shown in a format."""

    value: float
    style: int


Cell = str | float | bool | Styled | None
Rows = Sequence[Sequence[Cell]]


def xlsx(
    sheets: Mapping[str, Rows], *, hidden: Collection[str] = (), since_1904: bool = False
) -> bytes:
    """A workbook with some sheets; an empty row is left out, as Excel does."""
    states = ("visible", "hidden")
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}" state="{states[name in hidden]}"/>'
        for n, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_DOCUMENT}/worksheet" Target="worksheets/{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 21, 46))
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
        f'Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
        f'<workbookPr date1904="{int(since_1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}'
        f'<Relationship Id="s" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>',
    }
    for number, rows in enumerate(sheets.values(), 1):
        body = "".join(_row(place, row) for place, row in enumerate(rows, 1) if row)
        parts[f"xl/worksheets/{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
        )
    return _zipped(parts.items())


def _row(place: int, row: Sequence[Cell]) -> str:
    cells = (_cell(f"{chr(65 + n)}{place}", cell) for n, cell in enumerate(row))
    return f'<row r="{place}">{"".join(cells)}</row>'


def _cell(place: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Styled):
        return f'<c r="{place}" s="{cell.style}"><v>{cell.value!r}</v></c>'
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str):
        text = escape(cell)
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


def ods(rows: Rows) -> bytes:
    """A workbook of LibreOffice with one sheet."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    body = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
    )
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Sheet1">{body}</table:table>'
        f"</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"/>'
    return _zipped(
        [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", content),
            ("META-INF/manifest.xml", manifest),
        ]
    )


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str) and cell[:4].isdigit() and cell[4:5] == "-":
        return f'<table:table-cell office:value-type="date" office:date-value="{cell}"/>'
    if isinstance(cell, str):
        return (
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p>'
            f"</table:table-cell>"
        )
    return f'<table:table-cell office:value-type="float" office:value="{cell!r}"/>'


def _zipped(parts: Iterable[tuple[str, str]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts:
            archive.writestr(zipfile.ZipInfo(name), part)
    return content.getvalue()


def xls(rows: Rows) -> bytes:
    """A workbook of Excel 97 with one sheet of texts and numbers."""
    sheet = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))]
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if isinstance(cell, str):
                text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
                sheet.append(_record(0x0204, struct.pack("<HHH", y, x, 0) + text))
            elif cell is not None:
                assert not isinstance(cell, Styled)
                sheet.append(_record(0x0203, struct.pack("<HHHd", y, x, 0, cell)))
    sheet.append(_record(0x000A, b""))
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    name = b"Sheet1"
    place = len(begin) + 4 + 8 + len(name) + 4
    bound = _record(0x0085, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name)
    return _compound({"Workbook": begin + bound + _record(0x000A, b"") + b"".join(sheet)})


def locked_workbook() -> bytes:
    """A workbook with a password, as Excel writes it: its content is one encrypted stream."""
    return _compound({"EncryptedPackage": bytes(range(256)) * 20})


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file, the container of old Office files, with one stream."""
    [(name, content)] = streams.items()
    # A stream of less than 4096 bytes would have to be written in another way.
    content = content.ljust(4096, b"\0")
    sectors = -(-len(content) // 512)
    end, free, no_sector = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    assert sectors < 126
    table = [no_sector, end, *range(3, 2 + sectors), end]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0
    )
    header += struct.pack("<109I", 0, *[free] * 108)
    fat = struct.pack("<128I", *table, *[free] * (128 - len(table)))
    directory = _entry("Root Entry", 5, 1, end, 0) + _entry(name, 2, free, 2, len(content))
    directory += _entry("", 0, free, 0, 0) * 2
    return header + fat + directory + content.ljust(sectors * 512, b"\0")


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le") if name else b""
    free = 0xFFFFFFFF
    entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    entry += struct.pack("<III", free, free, child) + bytes(36) + struct.pack("<IQ", first, size)
    return entry
