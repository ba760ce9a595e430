"""The files of a table, on a disk or in an object store."""

import filecmp
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from pyarrow.fs import FileSelector, FileSystem, FileType
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.table import Table


class Storage:
    """The files beneath the location of a table.

    Args:
        table: The table.
        has_metadata: Whether the tables' metadata are the export's to clear away as well.
    """

    def __init__(self, table: Table, *, has_metadata: bool) -> None:
        if not isinstance(table.io, PyArrowFileIO):
            raise TypeError(f"{table.name()} is not read by pyarrow")
        self._root = table.location().rstrip("/")
        scheme, server, self._path = PyArrowFileIO.parse_location(self._root)
        self._system: FileSystem = table.io.fs_by_scheme(scheme, server)
        self._is_disk = scheme == "file"
        self._has_metadata = has_metadata

    def put(self, source: Path, name: str) -> str:
        """Put a file where the table looks for it, and return its address.

        On the same disk it is a further name for the same bytes, so it takes no room.
        """
        target = f"{self._path}/{name}"
        if self._is_disk:
            _link(source, Path(target))
        elif self._system.get_file_info(target).size != source.stat().st_size:
            with source.open("rb") as file, self._system.open_output_stream(target) as stream:
                shutil.copyfileobj(file, stream)
        return f"{self._root}/{name}"

    def write(self, name: str, content: bytes) -> None:
        """Write a small file; a reader finds all of it, or what was there before."""
        target = f"{self._path}/{name}"
        # An object is there when it is complete; a file of a disk is not.
        partial = f"{target}.partial" if self._is_disk else target
        with self._system.open_output_stream(partial) as stream:
            stream.write(content)
        if partial != target:
            Path(partial).replace(target)

    def read(self, address: str) -> bytes:
        """Read a file of the table by its address."""
        with self._system.open_input_stream(self._path + address[len(self._root) :]) as stream:
            content: bytes = stream.read()
        return content

    def clear(self, kept: Collection[str]) -> None:
        """Delete all files but those of these addresses."""
        paths = {PyArrowFileIO.parse_location(address)[2] for address in kept}
        for path in self._files():
            if path not in paths and (self._has_metadata or not path.endswith(".metadata.json")):
                self._system.delete_file(path)

    def _files(self) -> Iterator[str]:
        beneath = FileSelector(self._path, recursive=True, allow_not_found=True)
        for found in self._system.get_file_info(beneath):
            if found.type == FileType.File:
                yield found.path


def _link(source: Path, target: Path) -> None:
    if target.exists() and (target.samefile(source) or filecmp.cmp(source, target, shallow=False)):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name("_partial")
    partial.unlink(missing_ok=True)
    try:
        os.link(source, partial)
    except OSError:
        # Another disk, or one without hard links.
        shutil.copyfile(source, partial)
    partial.replace(target)
