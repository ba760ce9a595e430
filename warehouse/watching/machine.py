"""Figures of the machine that the warehouse's folder lies on."""

import shutil
from collections.abc import Iterator

from warehouse import environment
from warehouse.watching.runs import Figure

DESCRIBED: dict[str, tuple[str, tuple[str, ...]]] = {
    "warehouse_disk_size_bytes": ("The disk that the warehouse's folder lies on.", ()),
    "warehouse_disk_free_bytes": ("What is left of it.", ()),
}


def figures() -> Iterator[Figure]:
    """Name, label values and value of each figure."""
    home = environment.home()
    disk = shutil.disk_usage(home if home.exists() else home.parent)
    yield "warehouse_disk_size_bytes", (), disk.total
    yield "warehouse_disk_free_bytes", (), disk.free
