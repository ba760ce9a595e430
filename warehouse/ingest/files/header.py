"""The header of a CSV file."""

import csv

from warehouse.ingest.errors import MisreadError
from warehouse.ingest.files.names import column_name
from warehouse.ingest.sources import Dialect


def column_names(header: bytes, dialect: Dialect) -> list[str]:
    """The column names of a file, from its first line in UTF-8.

    Raises:
        MisreadError: It is no header, or has a column without a name or a name twice.
    """
    if not header:
        raise MisreadError("its first line is blank, and must be its header")
    if b"\0" in header:
        raise MisreadError("its first line is no CSV header")
    try:
        (cells,) = csv.reader(
            [header.decode()], strict=True, delimiter=dialect.delimiter, quotechar=dialect.quote
        )
    except (csv.Error, ValueError):
        raise MisreadError("its first line is no CSV header") from None
    names = [column_name(cell) for cell in cells]
    if "" in names:
        raise MisreadError(f"column {names.index('') + 1} of its header has no name")
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise MisreadError(f"its header has {', '.join(repeated)} more than once")
    return names
