"""The folder of a sample: files are made aside and moved in when all are there.

`manifest.json` comes last and names every file, so a folder that has one is complete, and no file
that another program wrote is ever touched. A run that was killed leaves either `.incomplete` with
files, or the same with the manifest of the files that it had begun to move in.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.errors import UserError
from warehouse.sample import text
from warehouse.sample.lines import Lines

KINDS = ("sales_data", "product_data", "customer_data")
MANIFEST = "manifest.json"
ASIDE = ".incomplete"
GENERATOR = "warehouse sample"

Manifest = dict[str, Any]

# Files that wait for the disk; more would only fill the memory.
_WAITING = 4


class SampleFolder:
    """A folder that holds a sample, or will."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._aside = path / ASIDE

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out.

        Raises:
            UserError: another run is writing here, or the folder cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            folder = os.open(self.path, os.O_RDONLY)
        except OSError as error:
            raise UserError(
                f"{self.path} cannot be made: {error.strerror}; choose another --to"
            ) from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise UserError(f"another run is writing to {self.path}: wait for it to end") from None
        finally:
            os.close(folder)

    def complete(self) -> Manifest | None:
        """The manifest of the sample that is here, if all its files are as they were written."""
        manifest = self._read(self.path / MANIFEST)
        if manifest is None:
            return None
        for name, file in manifest["files"].items():
            path = self.path / name
            if not path.is_file() or path.stat().st_size != file["bytes"]:
                return None
        return manifest

    def refuse_foreign_files(self) -> None:
        """Make sure that what would be replaced is an earlier sample.

        Raises:
            UserError: there are files that no sample's manifest names.
        """
        own = self._own_files()
        present = [*self.path.glob("*.csv"), *(self.path / MANIFEST,)]
        present += [path for kind in KINDS for path in (self.path / kind).glob("*")]
        for path in sorted(present):
            name = path.relative_to(self.path).as_posix()
            if path.exists() and name not in own:
                raise UserError(
                    f"{path} is not of an earlier sample: move it away, or choose another --to"
                )

    def _own_files(self) -> set[str]:
        own: set[str] = set()
        for path in (self.path / MANIFEST, self._aside / MANIFEST):
            manifest = self._read(path)
            if manifest is not None:
                own.add(MANIFEST)
                own.update(manifest["files"])
        return own

    def _read(self, path: Path) -> Manifest | None:
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        ours = isinstance(manifest, dict) and manifest.get("generator") == GENERATOR
        return manifest if ours else None

    def start(self) -> "FilesAside":
        """Begin a new sample, aside of what is here."""
        own = self._own_files()
        for name in own if (self._aside / MANIFEST).exists() else ():
            # A run was killed while it moved its files in: what is here is half one sample and half
            # another, and its manifest, if it has one, must not outlive the file that says so.
            (self.path / name).unlink(missing_ok=True)
        shutil.rmtree(self._aside, ignore_errors=True)
        return FilesAside(self._aside)

    def put_in_place(self, manifest: Manifest) -> None:
        """Replace what is here by the files aside."""
        old = self._own_files()
        aside = self._aside / MANIFEST
        partial = aside.with_suffix(".part")
        partial.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
        partial.rename(aside)
        for name in old - manifest["files"].keys() - {MANIFEST}:
            (self.path / name).unlink(missing_ok=True)
        for kind in KINDS:
            (self.path / kind).mkdir(exist_ok=True)
        for name in manifest["files"]:
            (self._aside / name).rename(self.path / name)
        aside.rename(self.path / MANIFEST)
        shutil.rmtree(self._aside)


class FilesAside:
    """Writes files into a folder and keeps account of them; a thread does the writing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: dict[str, dict[str, int | str]] = {}
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._writing: deque[Future[None]] = deque()
        for kind in KINDS:
            (path / kind).mkdir(parents=True)

    def write(self, kind: str, day: date, columns: tuple[str, ...], lines: Lines) -> None:
        """Write the file of a kind and a day, if there is any line in it."""
        if len(lines):
            name = f"{kind}/{kind}_{day.isoformat()}.csv"
            header = ",".join(columns).encode() + b"\n"
            self._writing.append(self._thread.submit(self._write, name, header, lines))
        while len(self._writing) > _WAITING:
            self._writing.popleft().result()

    def _write(self, name: str, header: bytes, lines: Lines) -> None:
        body = text.content(lines.text)
        with (self._path / name).open("wb") as file:
            file.write(header)
            file.write(body)
        digest = hashlib.sha256(header)
        digest.update(body)
        self._files[name] = {
            "lines": len(lines),
            "bytes": len(header) + len(body),
            "sha256": digest.hexdigest(),
        }

    def close(self) -> None:
        """Wait for the last file."""
        while self._writing:
            self._writing.popleft().result()
        self._thread.shutdown()

    def summary(self) -> Manifest:
        """The parts of the manifest that are about files."""
        files = dict(sorted(self._files.items()))
        listing = "".join(f"{file['sha256']}  {name}\n" for name, file in files.items())
        return {
            **{kind: _totals(files, kind) for kind in KINDS},
            "sha256": hashlib.sha256(listing.encode()).hexdigest(),
            "files": files,
        }


def _totals(files: dict[str, dict[str, int | str]], kind: str) -> dict[str, int]:
    own = [file for name, file in files.items() if name.startswith(f"{kind}/")]
    return {
        "files": len(own),
        "lines": sum(int(file["lines"]) for file in own),
        "bytes": sum(int(file["bytes"]) for file in own),
    }
