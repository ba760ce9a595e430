"""Columns that a file has, or lacks, in contrast to its raw table."""

from collections.abc import Collection

from warehouse.ingest.errors import MisreadError
from warehouse.ingest.raw.tables import RawTable


def remarks(
    table: RawTable, names: Collection[str], existing: Collection[str], *, strict: bool = True
) -> list[str]:
    """What the user should know about the columns of a file.

    Args:
        table: Where its rows go.
        names: Its columns.
        existing: Those that the table has.
        strict: Whether to refuse a file that seems to be another one.

    Raises:
        MisreadError: A column seems to have been renamed.
    """
    missing = [name for name in table.required if name not in names]
    new = [name for name in names if name not in existing]
    if strict and missing and new:
        raise MisreadError(
            f"it lacks {', '.join(missing)} and has {', '.join(new)} instead: "
            f"if that is a new name, change it in meltano.yml and in the staging model"
        )
    if strict and names and len(missing) == len(table.required):
        raise MisreadError(
            f"it has {', '.join(names)} and none of the stream's columns, which "
            f"are {', '.join(missing)}: move it out of the folder, or declare its columns in "
            f"meltano.yml"
        )
    notes = [f"has a new column {name}: added to raw.{table.name}" for name in new]
    return notes + [f"has no column {name}: it is null" for name in missing]
