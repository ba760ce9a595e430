"""A part of the archive as a Parquet file: ClickHouse reads Greenplum, and reads the file back."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.external import ExternalData

from warehouse import terminal
from warehouse.archive.export import schema
from warehouse.archive.export.parts import Part
from warehouse.errors import UserError

# By the path of a part: the chain_hash of the state that its file holds, its rows, and its SHA-256.
Account = dict[str, dict[str, Any]]

_ACCOUNT = "_exported.json"
# Readers pass over it; ClickHouse takes the name of the file for that of a table.
_PARTIAL = "_partial"
# Rows in memory at once, and in a row group.
_ROWS = 250_000


def write(client: Any, folder: Path, parts: Sequence[Part]) -> Account:
    """Write what has changed since the last export, and take away what has no rows any more.

    Args:
        client: Of ClickHouse.
        folder: Where the files are.
        parts: What the archive holds.

    Raises:
        UserError: A file was not written, or is not what it should be.
    """
    for partial in folder.glob(f"*/**/{_PARTIAL}"):
        partial.unlink()
    exported = _read_account(folder)
    written = 0
    for part in parts:
        if _is_there(folder, part, exported):
            continue
        try:
            exported[str(part.path)] = _write(client, folder, part)
        except ClickHouseError as error:
            first_line = str(error).strip().splitlines()[0]
            raise UserError(f"{part.path} was not written: {first_line}") from error
        _write_account(folder, exported)
        written += 1
        terminal.say(f"{part.path}: {part.rows:,} rows")
    for path in exported.keys() - {str(part.path) for part in parts}:
        (folder / path).unlink(missing_ok=True)
        del exported[path]
        _write_account(folder, exported)
    terminal.say(f"{written} files written, {len(exported) - written} unchanged, in {folder}")
    return exported


def _is_there(folder: Path, part: Part, exported: Account) -> bool:
    account = exported.get(str(part.path), {})
    path = folder / part.path
    return (
        account.get("chain_hash") == part.chain_hash
        and path.exists()
        and account["sha256"] == _sha256(path)
    )


def _write(client: Any, folder: Path, part: Part) -> dict[str, Any]:
    """Write a file beside its place, read it back, and put it there if it holds what it must."""
    path = folder / part.path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(_PARTIAL)
    columns = schema.columns(part.table)
    selected = ", ".join(f"{_portable(name, kind)} as {name}" for name, kind in columns.items())
    rows = f"select {selected} from archive.{part.table} where {part.condition}"  # noqa: S608
    with client.raw_stream(
        f"{rows} order by {', '.join(schema.key(part.table))}", fmt="ArrowStream"
    ) as stream:
        _write_parquet(stream, schema.arrow(part.table), partial)

    in_archive = _summary(client, f"({rows})", part)
    in_file = _summary(client, partial.name, part, partial)
    if in_file != in_archive or in_file[: len(part.totals)] != part.totals:
        partial.unlink()
        raise UserError(
            f"{part.path} was not written: the ledger says {_text(part.totals)}, the archive holds "
            f"{_text(in_archive)}, and the file {_text(in_file)}"
        )
    partial.replace(path)
    return {"chain_hash": part.chain_hash, "rows": part.rows, "sha256": _sha256(path)}


def _write_parquet(stream: Any, wanted: pyarrow.Schema, path: Path) -> None:
    """Write a stream of Arrow with the types of the contract.

    ClickHouse knows no time without a zone, so its own Parquet would call a wall clock UTC.
    """
    with pyarrow.parquet.ParquetWriter(path, wanted, compression="zstd") as writer:
        for table in _tables(pyarrow.ipc.open_stream(stream)):
            writer.write_table(table.cast(wanted))


def _tables(batches: Any) -> Iterator[pyarrow.Table]:
    """Gather batches to tables of the size of a row group."""
    gathered, rows = [], 0
    for batch in batches:
        gathered.append(batch)
        rows += batch.num_rows
        if rows >= _ROWS:
            yield pyarrow.Table.from_batches(gathered)
            gathered, rows = [], 0
    if gathered:
        yield pyarrow.Table.from_batches(gathered)


def _summary(client: Any, rows: str, part: Part, file: Path | None = None) -> tuple[Any, ...]:
    """Rows, sums and a hash over all columns."""
    columns = schema.columns(part.table)
    sums = "sum(quantity), sum(amount), " if part.month else ""
    texts = ", ".join(f"ifNull(toString({name}), '\\\\N')" for name in columns)
    external = None
    if file:
        structure = [f"{name} {_clickhouse_type(kind)}" for name, kind in columns.items()]
        # The client names the table after the file.
        external = ExternalData(file_path=str(file), fmt="Parquet", structure=structure)
    query = f"select count(), {sums}sum(sipHash64({texts})) from {rows}"  # noqa: S608
    return tuple(client.query(query, external_data=external).result_rows[0])


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


def _read_account(folder: Path) -> Account:
    try:
        account: Account = json.loads((folder / _ACCOUNT).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return account


def _write_account(folder: Path, exported: Account) -> None:
    partial = folder / f"{_ACCOUNT}.partial"
    partial.write_text(json.dumps(exported, indent=1, sort_keys=True), "utf-8")
    partial.replace(folder / _ACCOUNT)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(totals: tuple[Any, ...]) -> str:
    return " / ".join(str(value) for value in totals)
