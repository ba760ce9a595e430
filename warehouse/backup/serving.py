"""The embedded ClickHouse, there and back by its own BACKUP and RESTORE.

Its disk for backups holds one name, a link to the place where backups lie: so each backup has the
same name for the engine wherever the place is, and finds the one that it builds on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError

from warehouse import environment, settings
from warehouse.engines.clickhouse import ClickHouse
from warehouse.engines.configuration import embedded, users_settings
from warehouse.errors import UserError

PART = "clickhouse"

_LINK = "place"
# The client waits for the whole of a statement.
_LONGEST_SECONDS = 24 * 3600

_DATABASES = """
    select name from system.databases
    where engine = 'Atomic' and name not in ('default', 'system') order by name
"""


def is_embedded() -> bool:
    """Whether ClickHouse is the embedded one; one of the user's own is built anew, not restored."""
    return embedded(users_settings())["CLICKHOUSE"]


def version() -> str:
    """The engine's version.

    Raises:
        UserError: It does not answer.
    """
    return str(_ask("select version()")[0][0])


def databases() -> list[str]:
    """The databases with tables of its own."""
    return [name for (name,) in _ask(_DATABASES)]


def back_up(folder: Path, base: Path | None) -> dict[str, Any]:
    """Write all databases, but what an older backup holds already.

    Args:
        folder: The backup that is being made, in its place.
        base: The older one, in the same place.

    Returns:
        What a restore has to know.

    Raises:
        UserError: The engine does not answer, or refuses.
    """
    found = databases()
    part = {"product": "ClickHouse", "release": version(), "databases": found}
    if found:
        settings_ = f" SETTINGS base_backup = {_disk(base)}" if base else ""
        with _linked(folder.parent):
            _ask(f"BACKUP {_named(found)} TO {_disk(folder)}{settings_}")
    return part


def restore(part: dict[str, Any], backup: Path) -> None:
    """Write all databases of a backup into an engine that has none of them.

    Raises:
        UserError: The engine refuses.
    """
    if part["databases"]:
        with _linked(backup.parent):
            _ask(f"RESTORE {_named(part['databases'])} FROM {_disk(backup)}")


def require_fit(part: dict[str, Any]) -> None:
    """Refuse a backup of a newer engine.

    Raises:
        UserError: It is of one.
    """
    if _numbers(part["release"]) > _numbers(here := version()):
        raise UserError(
            f"the backup's clickhouse part is of ClickHouse {part['release']}, which is newer than "
            f"the engine here, {here}"
        )


def require_empty() -> None:
    """Refuse a ClickHouse that holds tables of a warehouse.

    Raises:
        UserError: It does.
    """
    if "serving" in databases():
        raise UserError(
            "ClickHouse is not empty (it has the database serving): a restore goes into an empty "
            "one; drop that, as it is built anew"
        )


@contextmanager
def _linked(place: Path) -> Iterator[None]:
    link = ClickHouse(environment.home()).data / "backups" / _LINK
    link.unlink(missing_ok=True)
    link.symlink_to(place.resolve())
    try:
        yield
    finally:
        link.unlink(missing_ok=True)


def _disk(backup: Path) -> str:
    return f"Disk('backups', '{_LINK}/{backup.name}/{PART}')"


def _named(names: list[str]) -> str:
    return ", ".join(f"DATABASE `{name}`" for name in names)


def _numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".") if part.isdecimal()]


def _ask(statement: str) -> Any:
    where = settings.clickhouse().connection
    try:
        with clickhouse_connect.get_client(
            **where, send_receive_timeout=_LONGEST_SECONDS, query_retries=0
        ) as client:
            return client.query(statement).result_rows
    except ClickHouseError as error:
        reason = str(error).strip().splitlines()[0]
        hint = ""
        if "backups" in reason and "disk" in reason.lower():
            hint = " (it runs since before this version: 'make down', then 'make up')"
        raise UserError(f"ClickHouse refused {statement.split()[0]}: {reason}{hint}") from error
