"""`warehouse export-archive`: an open copy of the archive."""

from pathlib import Path

import click
import clickhouse_connect

from warehouse import environment, settings
from warehouse.archive.export import files, tables
from warehouse.archive.export.parts import Ledger
from warehouse.archive.export.place import usual_folder
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive


@click.command("export-archive")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder for the files; `parquet` in the warehouse's folder without it.",
)
@lifecycle.with_engines
def export_archive(folder: Path | None) -> None:
    """Write what is new in the archive as Parquet by month, and as tables of Iceberg."""
    # One export at a time, and none while the archive is written.
    with exclusive(environment.home(), "road"):
        export(folder)


def export(folder: Path | None = None) -> None:
    """Write what is new in the archive; who calls it holds the lock of the road.

    Args:
        folder: The folder for the files; the usual one without it.

    Raises:
        UserError: A file was not written, or is not what it should be, or no table holds it.
    """
    folder = (folder or usual_folder()).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger.read()
    with clickhouse_connect.get_client(**settings.clickhouse().connection) as client:
        exported = files.write(client, folder, ledger.parts)
    tables.publish(folder, ledger, exported)
