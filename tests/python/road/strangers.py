"""Reads the archive's open tables as strangers do: with their own engine, and nothing of ours."""

import hashlib
import importlib.resources
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow
import pyarrow.ipc
import pyarrow.parquet
from pyiceberg.avro.file import AvroFile
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.typedef import Record

from warehouse import environment

Row = Mapping[str, Any]

SPARK = environment.ROOT / ".venv-spark" / "bin" / "python"


def ledger_hash(rows: Iterable[Row]) -> int:
    """The hash of rows as the ledger has it (macros/archive/ledger.sql), without PostgreSQL."""
    total = 0
    for row in rows:
        text = "".join(
            f"|{name}={_text(value)}" for name, value in sorted(row.items()) if value is not None
        )
        digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        total += int(digest[:15], 16)
    return total


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        text = value.replace(tzinfo=None).isoformat(" ")
        return text.rstrip("0") if "." in text else text
    return str(value)


# Each in a process of its own, as strangers are: what the engines bring along does not go together.
_DUCKDB = """
import sys, duckdb, pyarrow.ipc
connection = duckdb.connect(config={"extension_directory": sys.argv[1]})
connection.execute("set timezone = 'UTC'")
for query in sys.argv[2].split(";"):
    found = connection.execute(query)
table = found.to_arrow_table()
with pyarrow.ipc.new_file(sys.stdout.buffer, table.schema) as file:
    file.write_table(table)
"""
_CHDB = "import chdb, sys; sys.stdout.buffer.write(chdb.query(sys.argv[1], 'Arrow').bytes())"


def of_duckdb(table: Path, folder: Path) -> list[Row]:
    return ask_duckdb(f"install iceberg; load iceberg; from iceberg_scan('{table}')", folder)


def ask_duckdb(queries: str, folder: Path) -> list[Row]:
    """The answer of the last of some queries.

    DuckDB has its reader of Iceberg of the package index, where it looks before it fetches one.
    """
    extensions = folder / "extensions"
    for name in ("iceberg", "avro"):
        package = importlib.resources.files(f"duckdb_extension_{name}")
        version = f"v{duckdb.__version__}"
        place = extensions / version / _platform() / f"{name}.duckdb_extension"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(package / "extensions" / version / place.name), place)
    return _rows([_DUCKDB, str(extensions), queries.strip().rstrip(";")], folder)


def _platform() -> str:
    [(platform,)] = duckdb.connect().execute("pragma platform").fetchall()
    return str(platform)


def of_clickhouse(table: Path, folder: Path) -> list[Row]:
    return ask_clickhouse(f"select * from icebergLocal('{table}')", folder)


def ask_clickhouse(query: str, folder: Path) -> list[Row]:
    return _rows([_CHDB, query.strip().rstrip(";")], folder)


def _rows(program: list[str], folder: Path) -> list[Row]:
    done = subprocess.run(
        [sys.executable, "-c", *program], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    rows: list[Row] = pyarrow.ipc.open_file(done.stdout).read_all().to_pylist()
    return rows


# Each value as Spark writes it, which is as PostgreSQL does.
_SPARK = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
found = spark.read.format("iceberg").load({table!r})
for row in found.select([found[name].cast("string") for name in found.columns]).toJSON().collect():
    print(row)
"""


def of_spark(table: Path, folder: Path) -> list[Row]:
    said = ask_python(SPARK, _SPARK.format(table=str(table)), folder)
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def ask_python(python: Path | str, program: str, folder: Path) -> str:
    return subprocess.run(
        [python, "-c", program], cwd=folder, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def of_polars(table: Path, folder: Path) -> list[Row]:
    metadata = table / "metadata"
    version = (metadata / "version-hint.text").read_text()
    found = polars.scan_iceberg(str(metadata / f"v{version}.metadata.json"))
    return list(found.collect().to_dicts())


READERS: Mapping[str, Callable[[Path, Path], list[Row]]] = {
    "DuckDB": of_duckdb,
    "Polars": of_polars,
    "ClickHouse": of_clickhouse,
}


def holders(folder: Path, words: Collection[str]) -> set[Path]:
    """The files of an export, of whatever kind, that hold one of some words."""
    pattern = re.compile(rb"\b(" + b"|".join(re.escape(word.encode()) for word in words) + rb")\b")
    found = set()
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            values = (
                str(value).encode()
                for row in pyarrow.parquet.ParquetFile(path).read().to_pylist()
                for value in row.values()
            )
            if any(map(pattern.search, values)):
                found.add(path)
        # Metadata are read as they lie, without what they are compressed by.
        elif path.is_file() and pattern.search(_unpacked(path)):
            found.add(path)
    return found


def _unpacked(path: Path) -> bytes:
    if path.suffix != ".avro":
        return path.read_bytes()
    records: AvroFile[Record] = AvroFile(PyArrowFileIO().new_input(str(path)))
    with records as file:
        return b"\n".join(str(record).encode() for record in file)
