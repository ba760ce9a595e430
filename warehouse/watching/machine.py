"""Figures of the disk that the warehouse's folder lies on, and of its backups."""

import shutil
from collections.abc import Iterator
from contextlib import suppress

from warehouse import environment
from warehouse.backup import manifest, place
from warehouse.errors import UserError
from warehouse.watching.runs import Figure

DESCRIBED: dict[str, tuple[str, tuple[str, ...]]] = {
    "warehouse_disk_size_bytes": ("The disk that the warehouse's folder lies on.", ()),
    "warehouse_disk_free_bytes": ("What is left of it.", ()),
    "warehouse_last_backup_timestamp_seconds": ("When the last backup was made.", ()),
    "warehouse_last_backup_size_bytes": ("What it takes by itself.", ()),
}


def figures() -> Iterator[Figure]:
    """Name, label values and value of each figure."""
    home = environment.home()
    disk = shutil.disk_usage(home if home.exists() else home.parent)
    yield "warehouse_disk_size_bytes", (), disk.total
    yield "warehouse_disk_free_bytes", (), disk.free
    if found := place.backups(place.usual()):
        yield (
            "warehouse_last_backup_timestamp_seconds",
            (),
            place.moment_of(found[-1].name).timestamp(),
        )
        with suppress(UserError):
            yield "warehouse_last_backup_size_bytes", (), manifest.read(found[-1]).bytes
