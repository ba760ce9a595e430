"""The folder that backups lie in. One that is not whole never has the name of a backup."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from warehouse import environment
from warehouse.backup import manifest
from warehouse.errors import UserError

_MOMENT = "%Y-%m-%dT%H%M%SZ"
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z")
# On its way in, and on its way out.
_PARTIAL, _GOING = ".partial", ".going"


def usual() -> Path:
    """The folder of the setting, else one beside the warehouse's own, which `make clean` spares."""
    home = environment.home()
    given = os.environ.get("WAREHOUSE_BACKUP_TO")
    return environment.ROOT / given if given else home.with_name(f"{home.name}-backups")


def name_of(moment: datetime) -> str:
    """The name of the backup of a moment."""
    return moment.astimezone(UTC).strftime(_MOMENT)


def moment_of(name: str) -> datetime:
    """The moment of a backup's name."""
    return datetime.strptime(name, _MOMENT).replace(tzinfo=UTC)


def backups(place: Path) -> list[Path]:
    """The backups in a folder, the oldest first."""
    found = place.glob(f"*/{manifest.NAME}")
    return sorted(path.parent for path in found if _NAME.fullmatch(path.parent.name))


def find(source: Path) -> Path:
    """The backup that is meant: the folder itself, or the newest one in it.

    Raises:
        UserError: There is none.
    """
    if not source.is_dir():
        raise UserError(f"there is no folder {source}: name a backup, or the folder they lie in")
    if _NAME.fullmatch(source.resolve().name):
        return source.resolve()
    if found := backups(source):
        return found[-1].resolve()
    raise UserError(f"there is no backup in {source}: name one, or the folder they lie in")


@contextmanager
def being_made(place: Path, name: str) -> Iterator[Path]:
    """A folder for the parts of a backup, which gets the backup's name when the block is done."""
    partial = place / f"{name}{_PARTIAL}"
    partial.mkdir(mode=0o700)
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.rename(place / name)
    manifest.sync(place)


def remove(backup: Path) -> None:
    """Delete a backup; from the first moment on it is none any more."""
    going = backup.rename(backup.with_name(f"{backup.name}{_GOING}"))
    shutil.rmtree(going)


def clear(place: Path) -> None:
    """Delete what was killed on its way in or out; who calls it holds the place's lock."""
    for suffix in (_PARTIAL, _GOING):
        for left in place.glob(f"*{suffix}"):
            if _NAME.fullmatch(left.name.removesuffix(suffix)):
                shutil.rmtree(left)
