"""The folder of a sample: files are made aside, and moved in when all are there.

`manifest.json` names every file and comes last. So a folder that has one is complete, and no file
that another program wrote is ever touched. What a killed run leaves is told by the folder aside:
with a manifest in it, files were being moved in; without one, they were still being made.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from warehouse.errors import UserError

KINDS = ("sales_data", "product_data", "customer_data", "store_data", "rate_data")
MANIFEST = "manifest.json"
ASIDE = ".sample-incomplete"
GENERATOR = "warehouse sample"

Manifest = dict[str, Any]

# What a manifest may name, so that no manifest can have other files deleted.
_FILE_NAME = re.compile(rf"({'|'.join(KINDS)})/\1_\d{{4}}-\d\d-\d\d\.csv")


class SampleFolder:
    """A folder that holds a sample, or will."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._manifest = path / MANIFEST
        self._aside = path / ASIDE
        self._manifest_aside = self._aside / MANIFEST

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out; makes the folder if need be.

        Raises:
            UserError: another run is writing here.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError(
                    f"another run is writing sample files to {self.path}: wait for its end"
                ) from None
            yield
        finally:
            os.close(folder)

    def complete(self) -> Manifest | None:
        """The manifest of the sample that is here, if all its files are as long as it says."""
        manifest = _read(self._manifest)
        if manifest is None or self._manifest_aside.exists():
            return None
        for name, file in manifest["files"].items():
            path = self.path / name
            if not path.is_file() or path.stat().st_size != file["bytes"]:
                return None
        return manifest

    def refuse_foreign_files(self) -> None:
        """Make sure that only an earlier sample would be replaced.

        Raises:
            UserError: there are CSV files, or a manifest, that no sample names its own.
        """
        own = self._own_files()
        present = [*self.path.glob("*.csv*"), *self.path.glob(MANIFEST)]
        present += [path for kind in KINDS for path in (self.path / kind).glob("*.csv*")]
        for path in sorted(present):
            if path.relative_to(self.path).as_posix() not in own:
                raise UserError(
                    f"{path} is not part of a sample: move it away, or choose another folder --to"
                )

    @contextmanager
    def new_files(self) -> Iterator[Path]:
        """A folder aside for the files of a new sample; it is gone when they cannot be made."""
        self._clear_half_moved()
        shutil.rmtree(self._aside, ignore_errors=True)
        for kind in KINDS:
            (self._aside / kind).mkdir(parents=True)
        try:
            yield self._aside
        except BaseException:
            shutil.rmtree(self._aside, ignore_errors=True)
            raise

    def move_in(self, manifest: Manifest) -> None:
        """Replace what is here by the files aside."""
        outdated = self._own_files() - manifest["files"].keys() - {MANIFEST}
        partial = self._manifest_aside.with_suffix(".part")
        document = json.dumps(manifest, indent=1, ensure_ascii=False)
        partial.write_text(document + "\n", encoding="utf-8")
        partial.rename(self._manifest_aside)
        for name in outdated:
            (self.path / name).unlink(missing_ok=True)
        for kind in KINDS:
            (self.path / kind).mkdir(exist_ok=True)
        for name in manifest["files"]:
            (self._aside / name).rename(self.path / name)
        self._manifest_aside.rename(self._manifest)
        shutil.rmtree(self._aside)

    def _clear_half_moved(self) -> None:
        """Delete the mixture of two samples that a run leaves which was killed moving files in."""
        if not self._manifest_aside.exists():
            return
        for name in self._own_files() - {MANIFEST}:
            (self.path / name).unlink(missing_ok=True)
        # Last, as the files' names are known from it alone.
        self._manifest.unlink(missing_ok=True)

    def _own_files(self) -> set[str]:
        own: set[str] = set()
        for path in (self._manifest, self._manifest_aside):
            manifest = _read(path)
            if manifest is not None:
                own |= {MANIFEST, *manifest["files"]}
        return own


def _read(path: Path) -> Manifest | None:
    """A manifest that this generator wrote; anything else is none."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(manifest, dict) or manifest.get("generator") != GENERATOR:
        return None
    files = manifest.get("files")
    if not isinstance(files, dict) or not all(_FILE_NAME.fullmatch(name) for name in files):
        return None
    return manifest
