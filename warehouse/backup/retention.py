"""Which backups stay: the last of each day, week and month, for as many as the settings say."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from warehouse import terminal
from warehouse.backup import manifest, place
from warehouse.errors import UserError

# By the setting: how many without it, and what a backup's moment is counted as.
_KEPT: dict[str, tuple[int, Callable[[datetime], str]]] = {
    "WAREHOUSE_BACKUP_DAYS": (7, lambda moment: f"{moment:%Y-%m-%d}"),
    "WAREHOUSE_BACKUP_WEEKS": (4, lambda moment: f"{moment:%G-%V}"),
    "WAREHOUSE_BACKUP_MONTHS": (12, lambda moment: f"{moment:%Y-%m}"),
}


def counts() -> dict[str, int]:
    """How many days, weeks and months are kept, by the settings.

    Raises:
        UserError: A setting is no number.
    """
    found = {}
    for setting, (usual, _) in _KEPT.items():
        value = os.environ.get(setting) or str(usual)
        if not value.isdecimal():
            raise UserError(f"{setting} is {value!r}: set it to how many backups are to be kept")
        found[setting] = int(value)
    return found


def kept(names: Iterable[str], limits: dict[str, int]) -> set[str]:
    """The backups that stay: the newest one, and the last of each period that is kept."""
    newest_first = sorted(names, reverse=True)
    stay = set(newest_first[:1])
    for setting, (_, period_of) in _KEPT.items():
        last_of: dict[str, str] = {}
        for name in newest_first:
            last_of.setdefault(period_of(place.moment_of(name)), name)
        stay |= {last_of[period] for period in sorted(last_of, reverse=True)[: limits[setting]]}
    return stay


def prune(folder: Path) -> None:
    """Delete the backups that no setting keeps, but none that another one builds on."""
    limits = counts()
    found = {backup.name: backup for backup in place.backups(folder)}
    stay = kept(found, limits)
    for name in list(stay):
        try:
            stay |= {base.name for base in manifest.chain(found[name])}
        except UserError as error:
            terminal.warn(f"nothing old was deleted: {error}")
            return
    for name in found.keys() - stay:
        place.remove(found[name])
        terminal.say(f"deleted {found[name]}: it is older than what the settings keep")
