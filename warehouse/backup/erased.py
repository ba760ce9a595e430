"""Erased customers stay erased, though a backup may be older than the day they were forgotten.

Beside the backups lies a list with the entries of the register of erased customers, salted hashes
all of them (warehouse/ingest/raw/register.py). A backup and an erasure add to it, and nothing takes
from it. A restore erases again whomever the list names and the backup's own register does not.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse import queries
from warehouse.backup.manifest import sync
from warehouse.errors import UserError
from warehouse.ingest.raw import register, spelling
from warehouse.ingest.raw.tables import prepare_session, raw_tables
from warehouse.ingest.sources import declared

_NAME = "erased.json"
_REGISTER = "raw._erased_customers"


def note(place: Path) -> None:
    """Add the warehouse's erased customers to the list, if backups lie in that folder."""
    if not place.is_dir() or not queries.has_table(_REGISTER, "postgres"):
        return
    with queries.connected() as connection, connection.cursor() as cursor:
        found = {**_by_hash(listed(place)), **_by_hash(register.entries(cursor))}
    entries = [found[key] for key in sorted(found)]
    if entries == listed(place):
        return
    written = place / f"{_NAME}.new"
    written.write_text(json.dumps(entries, indent=1), "utf-8")
    sync(written)
    written.replace(place / _NAME)
    sync(place)


def listed(place: Path) -> list[dict[str, Any]]:
    """The entries of the list beside the backups.

    Raises:
        UserError: It is damaged.
    """
    try:
        found: list[dict[str, Any]] = json.loads((place / _NAME).read_text("utf-8"))
    except FileNotFoundError:
        return []
    except ValueError:
        raise UserError(
            f"{place / _NAME} is damaged: who was erased since the backup is not known; "
            "copy that file from another place of backups, or delete it if nobody was"
        ) from None
    return found


def unknown(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the list that the restored register does not have."""
    if not queries.has_table("raw._loads", "postgres"):
        return []
    with queries.connected() as connection:
        prepare_session(connection)
        with connection, connection.cursor() as cursor:
            known = _by_hash(register.entries(cursor))
    return [entry for entry in entries if _key(entry) not in known]


def adopt(entries: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Take entries into the register, and say which customers of the warehouse they mean.

    Returns:
        Source systems and numbers: of those alone that the raw tables or the archive hold.
    """
    found = []
    with queries.connected() as connection, connection, connection.cursor() as cursor:
        for entry in entries:
            register.adopt(cursor, entry)
        for system in sorted({entry["source_system"] for entry in entries}):
            ids = _in_raw(cursor, system) | _in_archive(system)
            found += [(system, each) for each in register.erased_among(cursor, system, sorted(ids))]
    return found


def _in_raw(cursor: Cursor, source_system: str) -> set[str]:
    there = raw_tables(cursor)
    ids: set[str] = set()
    for source in declared():
        for stream in source.streams if source.name == source_system else ():
            if stream.name in there and (column := stream.content.customer):
                spelled = spelling.clean_id(f'"{column}"', source_system)
                cursor.execute(f'select distinct {spelled} from raw."{stream.name}"')  # noqa: S608
                ids |= {each for (each,) in cursor.fetchall() if each}
    return ids


def _in_archive(source_system: str) -> set[str]:
    if not queries.has_table("archive.historical_customers", "greenplum"):
        return set()
    _, rows = queries.on_postgres(
        "select distinct customer_id from archive.historical_customers where source_system = %s",
        "greenplum",
        (source_system,),
    )
    return {each for (each,) in rows if each}


def _key(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["source_system"], entry["id_hash"]


def _by_hash(entries: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Any]:
    return {_key(entry): entry for entry in entries}
