"""An open copy of the archive: Parquet by month, for Spark, Hadoop or anything else.

ClickHouse reads Greenplum and writes the files; each is read back before it takes its place:

    historical_sales/month=2026-10/historical_sales.parquet
    historical_products/historical_products.parquet
    historical_customers/historical_customers.parquet
    historical_stores/historical_stores.parquet
    _exported.json

The last one says which state of the archive each file holds; readers of Parquet pass over names
that begin with an underscore.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.external import ExternalData

from warehouse import environment, project, queries, settings, terminal
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.errors import UserError

# What the ledger says was ever added to a table, and of sales to a month.
_PARTS = """
    select
        table_name,
        to_char(sale_month, 'YYYY-MM'),
        sum(rows_added)::bigint,
        sum(quantity_added)::bigint,
        sum(amount_added),
        max(entry)
    from archive.archive_ledger
    group by table_name, sale_month
    order by table_name, sale_month
"""


@dataclass(frozen=True)
class _Part:
    """A file: a table of the archive, or a month of it."""

    table: str
    month: str | None
    rows: int
    quantity: int | None
    amount: Any
    entry: int

    @property
    def path(self) -> Path:
        folder = Path(self.table) / f"month={self.month}" if self.month else Path(self.table)
        return folder / f"{self.table}.parquet"

    @property
    def totals(self) -> tuple[Any, ...]:
        return (self.rows, self.quantity, self.amount) if self.month else (self.rows,)

    @property
    def condition(self) -> str:
        return f"sale_month = '{self.month}-01'" if self.month else "1"


@click.command("export-archive")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder for the files; `parquet` in the warehouse's folder without it.",
)
@lifecycle.with_engines
def export_archive(folder: Path | None) -> None:
    """Write what is new in the archive as Parquet files by month, and read them back."""
    # One export at a time, and none while the archive is written.
    with exclusive(environment.home(), "road"):
        export(folder)


def export(folder: Path | None = None) -> None:
    """Write what is new in the archive; who calls it holds the lock of the road.

    Args:
        folder: The folder for the files; `parquet` in the warehouse's folder without it.

    Raises:
        UserError: A file was not written, or is not what it should be.
    """
    folder = (folder or environment.home() / "parquet").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with clickhouse_connect.get_client(**settings.clickhouse().connection) as client:
        exported = _read_account(folder)
        written = 0
        for part in _parts():
            if _is_there(folder, part, exported):
                continue
            try:
                exported[str(part.path)] = _export(client, folder, part)
            except ClickHouseError as error:
                first_line = str(error).strip().splitlines()[0]
                raise UserError(f"{part.path} was not written: {first_line}") from error
            _write_account(folder, exported)
            written += 1
            terminal.say(f"{part.path}: {part.rows:,} rows")
    terminal.say(f"{written} files written, {len(exported) - written} unchanged, in {folder}")


def _parts() -> Iterator[_Part]:
    _, rows = queries.run(_PARTS, "greenplum")
    for row in rows:
        if (part := _Part(*row)).rows:
            yield part


def _is_there(folder: Path, part: _Part, exported: dict[str, Any]) -> bool:
    account = exported.get(str(part.path), {})
    path = folder / part.path
    return (
        account.get("entry") == part.entry and path.exists() and account["sha256"] == _sha256(path)
    )


def _export(client: Any, folder: Path, part: _Part) -> dict[str, Any]:
    """Write a file beside its place, read it back, and put it there if it holds what it must."""
    path = folder / part.path
    path.parent.mkdir(parents=True, exist_ok=True)
    # Readers pass over it; ClickHouse takes the name of the file for that of a table.
    partial = path.with_name("_partial")
    columns = _columns(part.table)
    selected = ", ".join(f"{_portable(name, kind)} as {name}" for name, kind in columns.items())
    rows = f"select {selected} from archive.{part.table} where {part.condition}"  # noqa: S608
    with client.raw_stream(rows, fmt="Parquet") as stream, partial.open("wb") as file:
        for chunk in stream:
            file.write(chunk)

    in_archive = _summary(client, f"({rows})", part)
    in_file = _summary(client, partial.name, part, partial)
    if in_file != in_archive or in_file[: len(part.totals)] != part.totals:
        partial.unlink()
        raise UserError(
            f"{part.path} was not written: the ledger says {_text(part.totals)}, the archive holds "
            f"{_text(in_archive)}, and the file {_text(in_file)}"
        )
    partial.replace(path)
    return {"entry": part.entry, "rows": part.rows, "sha256": _sha256(path)}


def _summary(client: Any, rows: str, part: _Part, file: Path | None = None) -> tuple[Any, ...]:
    """Rows, sums and a hash over all columns."""
    columns = _columns(part.table)
    sums = "sum(quantity), sum(amount), " if part.month else ""
    texts = ", ".join(f"ifNull(toString({name}), '\\\\N')" for name in columns)
    external = None
    if file:
        structure = [f"{name} {_clickhouse_type(kind)}" for name, kind in columns.items()]
        # The client names the table after the file.
        external = ExternalData(file_path=str(file), fmt="Parquet", structure=structure)
    query = f"select count(), {sums}sum(sipHash64({texts})) from {rows}"  # noqa: S608
    return tuple(client.query(query, external_data=external).result_rows[0])


def _columns(table: str) -> dict[str, str]:
    return {name: column["data_type"] for name, column in project.columns(table).items()}


def _portable(name: str, data_type: str) -> str:
    """The expression for a column: Spark knows no uuid, and ClickHouse no boolean in PostgreSQL."""
    if data_type == "uuid":
        return f"toString({name})"
    if data_type == "boolean":
        return f"toBool({name})"
    return name


def _clickhouse_type(data_type: str) -> str:
    kinds = {
        "boolean": "Bool",
        "integer": "Int32",
        "date": "Date32",
        "timestamp": "DateTime64(6)",
        "timestamptz": "DateTime64(6)",
    }
    if data_type.startswith("numeric"):
        return f"Nullable({data_type.replace('numeric', 'Decimal')})"
    return f"Nullable({kinds.get(data_type, 'String')})"


def _read_account(folder: Path) -> dict[str, Any]:
    try:
        account: dict[str, Any] = json.loads((folder / "_exported.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return account


def _write_account(folder: Path, exported: dict[str, Any]) -> None:
    partial = folder / "_exported.json.partial"
    partial.write_text(json.dumps(exported, indent=1, sort_keys=True), "utf-8")
    partial.replace(folder / "_exported.json")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(totals: tuple[Any, ...]) -> str:
    return " / ".join(str(value) for value in totals)
