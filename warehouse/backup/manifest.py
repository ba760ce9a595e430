"""What a backup says of itself, and whether that is still so."""

import functools
import hashlib
import json
import os
import subprocess
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warehouse import environment
from warehouse.errors import UserError

NAME = "manifest.json"

# Raised when an older project could not restore what this one writes.
FORMAT = 1


@functools.cache
def _project() -> dict[str, Any]:
    line = ["git", "-C", str(environment.ROOT), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        told = subprocess.run(line, capture_output=True, text=True, check=False)
        commit = told.stdout.strip() or None
    except OSError:
        commit = None
    return {"version": version("warehouse"), "commit": commit}


@dataclass
class Manifest:
    """What the file holds.

    Attributes:
        made_at: The moment that all parts belong to: no load or build ran while they were made.
        format: How it is laid out.
        project: The project's version, and its commit where git tells it.
        base: The backup that ClickHouse's part builds on, in the same place; None if on none.
        content: What the tables were made of, if the last run was complete (road/completion.py).
        ledger_head: The last chain_hash of the archive, if there is one.
        parts: Of each part its version, bytes, seconds, and what is needed to restore it.
        files: Of each file, by its path, the bytes and the SHA-256.
    """

    made_at: str
    format: int = FORMAT
    project: dict[str, Any] = field(default_factory=lambda: dict(_project()))
    base: str | None = None
    content: str | None = None
    ledger_head: str | None = None
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """How much the files hold."""
        return sum(size for size, _ in self.files.values())


def seal(folder: Path, found: Manifest) -> None:
    """Bring all files of a backup to the disk, and write the manifest with their checksums."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found.files[str(path.relative_to(folder))] = (path.stat().st_size, digest)
    content = asdict(found)
    written = folder / NAME
    written.write_text(json.dumps({**content, "sha256": _digest(content)}, indent=1), "utf-8")
    for path in (written, *(path for path in folder.rglob("*") if path.is_dir()), folder):
        sync(path)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(backup: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        UserError: It is damaged, or of a newer project.
    """
    try:
        content = json.loads((backup / NAME).read_text("utf-8"))
        written_as = content["format"]
        digest = content.pop("sha256")
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(f"{backup} is damaged: {NAME} is missing or cut short") from None
    if isinstance(written_as, int) and written_as > FORMAT:
        raise UserError(
            f"{backup} was made by a newer version of the project (format {written_as}, and this "
            f"one knows {FORMAT}): bring the project up to date first"
        )
    if digest != _digest(content):
        raise UserError(f"{backup} is damaged: {NAME} is not as it was written")
    return Manifest(**content)


def check(backup: Path, part: str = "", *, quickly: bool = False) -> None:
    """Hold the files of a backup to its manifest.

    Args:
        backup: Its folder.
        part: The one part to look at; all without it.
        quickly: Look whether they are there in their length, and not into them.

    Raises:
        UserError: One is missing, cut short or damaged.
    """
    for name, (size, digest) in read(backup).files.items():
        path = backup / name
        if not name.startswith(part):
            continue
        if not path.is_file():
            raise UserError(f"{backup} is damaged: {name} is missing")
        if (found := path.stat().st_size) != size:
            raise UserError(f"{backup} is damaged: {name} has {found:,} bytes, not {size:,}")
        if not quickly and _sha256(path) != digest:
            raise UserError(f"{backup} is damaged: {name} is not as it was written")


def chain(backup: Path) -> list[Path]:
    """The backups that a backup builds on, and those that they build on.

    Raises:
        UserError: One is not there, or damaged.
    """
    found: list[Path] = []
    while base := read((found or [backup])[-1]).base:
        found.append(backup.with_name(base))
        if not found[-1].is_dir():
            raise UserError(f"{backup} builds on {base}, which is not beside it in {backup.parent}")
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
