"""The columns of a table of the archive, as Iceberg and Arrow know them, from its contract."""

import re
from typing import Any

import pyarrow
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.schema import Schema
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
)

from warehouse import project

# Keys are text, as Spark knows no uuid. `sold_at` is the wall clock of the source system.
_TYPES: dict[str, IcebergType] = {
    "boolean": BooleanType(),
    "integer": IntegerType(),
    "bigint": LongType(),
    "date": DateType(),
    "timestamp": TimestampType(),
    "timestamptz": TimestamptzType(),
}


def columns(table: str) -> dict[str, str]:
    """The columns of a table and their types in SQL."""
    return {name: column["data_type"] for name, column in project.columns(table).items()}


def key(table: str) -> tuple[str, str]:
    """The columns that its rows are sorted by: its key stands first in each contract."""
    return next(iter(columns(table))), "version"


def personal(table: str) -> list[str]:
    """The columns of a table that tell something of a person, or lead to one."""
    about = {
        name: column.get("config", {}).get("meta", {})
        for name, column in project.columns(table).items()
    }
    return [name for name, meta in about.items() if meta.get("personal")]


def iceberg(table: str) -> Schema:
    """The columns of a table as Iceberg knows them, described."""
    return Schema(
        *(
            NestedField(
                number, name, _type(column["data_type"]), doc=_one_line(column["description"])
            )
            for number, (name, column) in enumerate(project.columns(table).items(), start=1)
        )
    )


def arrow(table: str) -> pyarrow.Schema:
    """The same as Arrow knows them."""
    return schema_to_pyarrow(iceberg(table), include_field_ids=False)


def _type(data_type: str) -> IcebergType:
    if digits := re.fullmatch(r"numeric\((\d+),\s*(\d+)\)", data_type):
        return DecimalType(*map(int, digits.groups()))
    return _TYPES.get(data_type, StringType())


def _one_line(text: Any) -> str:
    return " ".join(str(text).split())
