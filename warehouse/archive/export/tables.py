"""The exported files as Iceberg tables, whose snapshots are states of the archive."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import RESTError
from pyiceberg.io.pyarrow import parquet_files_to_data_files
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.table.sorting import SortField, SortOrder
from pyiceberg.transforms import IdentityTransform
from sqlalchemy.exc import SQLAlchemyError

from warehouse import project, terminal
from warehouse.archive.export import catalog as catalogs
from warehouse.archive.export import schema
from warehouse.archive.export.files import Account
from warehouse.archive.export.parts import Ledger, Part
from warehouse.archive.export.storage import Storage
from warehouse.errors import UserError

_TABLES = ("historical_sales", *(f"historical_{each}s" for each in project.DIMENSIONS))
_MONTH = "sale_month"

# In the summary of each snapshot: which state of the archive it is.
_ENTRY = "archive.ledger-entry"
_HEAD = "archive.ledger-head"
_KNOWN_AT = "archive.known-at"


def publish(folder: Path, ledger: Ledger, exported: Account) -> None:
    """Make the tables hold the files of the folder, each table in one commit.

    It can be run again after whatever stopped it: what a table holds, and what lies about
    unused, is looked up and not remembered.

    Args:
        folder: Where the files are.
        ledger: The state of the archive that they hold.
        exported: What was written.

    Raises:
        UserError: The catalogue or the storage does not answer, or refuses.
    """
    try:
        with catalogs.load(folder) as catalog:
            for name in _TABLES:
                parts = [part for part in ledger.parts if part.table == name]
                if parts or catalog.table_exists((catalogs.NAME, name)):
                    _publish(catalog, name, parts, folder, ledger, exported)
    except (OSError, RESTError, SQLAlchemyError) as error:
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UserError(
            "the Parquet files are written, but not all tables of Iceberg hold them: "
            f"{first_line}; mend it (docs/lake.md) and run it again"
        ) from error


def _publish(
    catalog: Catalog,
    name: str,
    parts: Sequence[Part],
    folder: Path,
    ledger: Ledger,
    exported: Account,
) -> None:
    table = _open(catalog, name)
    is_ours = catalogs.is_ours(catalog)
    storage = Storage(table, has_metadata=is_ours)
    wanted = {
        storage.put(folder / part.path, _name(part, exported[str(part.path)]["sha256"]))
        for part in parts
    }
    held = {task.file.file_path: task.file for task in table.scan().plan_files()}
    with table.transaction() as transaction:
        _grow(transaction, name)
        if held.keys() != wanted:
            state = {
                _ENTRY: str(ledger.last_entry),
                _HEAD: ledger.chain.get(ledger.last_entry, ""),
                _KNOWN_AT: ledger.known_at.isoformat() if ledger.known_at else "",
            }
            with transaction.update_snapshot(snapshot_properties=state).overwrite() as snapshot:
                for address in sorted(held.keys() - wanted):
                    snapshot.delete_data_file(held[address])
                new = parquet_files_to_data_files(
                    table.io, transaction.table_metadata, iter(sorted(wanted - held.keys()))
                )
                for file in new:
                    snapshot.append_data_file(file)
            terminal.say(f"{catalogs.NAME}.{name}: a snapshot of {len(wanted)} files")
    if stale := [each.snapshot_id for each in _stale(table, ledger)]:
        table.maintenance.expire_snapshots().by_ids(stale).commit()
        table.refresh()
        terminal.say(f"{catalogs.NAME}.{name}: {len(stale)} snapshots gone, as rows have changed")
    current = list(_point_to(table, storage)) if is_ours else []
    storage.clear({*_referred_to(table), *current})


def _open(catalog: Catalog, name: str) -> Table:
    identifier = (catalogs.NAME, name)
    location = catalogs.location(catalog, name)
    if catalog.table_exists(identifier):
        table = catalog.load_table(identifier)
        if location and table.location() != location:
            raise UserError(
                f"the table {name} is in {table.location()}, and is to be in {location}: "
                "export to another folder, or delete its folder 'iceberg' first"
            )
        return table
    columns = schema.iceberg(name)
    month = columns.find_field(_MONTH).field_id if _MONTH in columns.column_names else None
    return catalog.create_table(
        identifier,
        columns,
        location=location,
        partition_spec=PartitionSpec(
            *([PartitionField(month, 1000, IdentityTransform(), _MONTH)] if month else [])
        ),
        sort_order=SortOrder(
            *(
                SortField(columns.find_field(column).field_id, IdentityTransform())
                for column in schema.key(name)
            )
        ),
        properties={
            # The files are of whoever reads them by path, and know nothing of Iceberg's numbers.
            "schema.name-mapping.default": columns.name_mapping.model_dump_json(),
            "write.metadata.delete-after-commit.enabled": "true",
            "write.metadata.previous-versions-max": "10",
            **_without_bounds(name),
        },
    )


def _without_bounds(name: str) -> dict[str, str]:
    """Keep the least and the greatest of what is personal out of the metadata."""
    return {f"write.metadata.metrics.column.{column}": "counts" for column in schema.personal(name)}


def _grow(transaction: Transaction, name: str) -> None:
    """Give the table the columns that the archive has got since."""
    columns = schema.iceberg(name)
    held = {field.name: field.field_type for field in transaction.table_metadata.schema().fields}
    if any(held.get(field.name) != field.field_type for field in columns.fields):
        transaction.set_properties(_without_bounds(name))
        with transaction.update_schema() as update:
            update.union_by_name(columns)


def _name(part: Part, sha256: str) -> str:
    """The name of a part's file in its table: with other content it has another name."""
    folder = f"data/{_MONTH}={part.month}-01" if part.month else "data"
    return f"{folder}/{part.table}-{part.entry:06}-{sha256[:16]}.parquet"


def _stale(table: Table, ledger: Ledger) -> Iterator[Snapshot]:
    """The snapshots that hold what was changed since, or an archive that this one never was."""
    rewritten = ledger.rewritten.get(table.name()[-1], 0)
    for snapshot in table.metadata.snapshots:
        about = snapshot.summary.additional_properties if snapshot.summary else {}
        entry = int(about.get(_ENTRY, -1))
        is_past = ledger.chain.get(entry, "") == about.get(_HEAD)
        if snapshot != table.current_snapshot() and not (is_past and entry >= rewritten):
            yield snapshot


def _point_to(table: Table, storage: Storage) -> Iterator[str]:
    """Let who knows the folder alone find the table, as Hadoop's tables are found."""
    number = int(table.metadata_location.rsplit("/", 1)[1].split("-", 1)[0])
    content = storage.read(table.metadata_location)
    for name, text in (
        (f"v{number}.metadata.json", content),
        ("version-hint.text", str(number).encode()),
    ):
        storage.write(f"metadata/{name}", text)
        yield f"{table.location()}/metadata/{name}"


def _referred_to(table: Table) -> Iterator[str]:
    """The addresses of all files that a snapshot of the table needs."""
    yield table.metadata_location
    yield from (entry.metadata_file for entry in table.metadata.metadata_log)
    yield from (snapshot.manifest_list for snapshot in table.metadata.snapshots)
    # Snapshots share most of them.
    manifests = {
        manifest.manifest_path: manifest
        for snapshot in table.metadata.snapshots
        for manifest in snapshot.manifests(table.io)
    }
    yield from manifests
    for manifest in manifests.values():
        for entry in manifest.fetch_manifest_entry(table.io):
            yield entry.data_file.file_path
