"""`warehouse backup`: all that the warehouse holds, as of one moment, into one folder."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from warehouse import environment, queries, terminal
from warehouse.backup import erased, manifest, place, relational, retention, serving, state
from warehouse.backup.manifest import Manifest
from warehouse.backup.servers import ENGINES, NAMES
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.errors import UserError
from warehouse.ingest.raw.tables import keep_other_loads_out
from warehouse.notify import told
from warehouse.road import completion
from warehouse.runs.record import Run

NAME = "backup"

# So many build on each other at most: each is needed for those behind it.
_LONGEST_CHAIN = 7
_HEAD = "select chain_hash from archive.archive_ledger order by entry desc limit 1"


@click.command(NAME)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that backups lie in; that of the settings without it.",
)
@click.option("--notify", is_flag=True, help="Tell people if it fails, by the settings' channels.")
@lifecycle.with_engines
def backup(folder: Path | None, notify: bool) -> None:
    """Back up the three engines and what lies beside them, while no load or build runs."""
    with exclusive(environment.home(), "road"):
        run = Run(NAME)
        try:
            with run.step(NAME):
                make(folder)
        finally:
            if notify:
                told.tell(run.id, road=NAME)


def make(folder: Path | None = None) -> Path:
    """Make a backup, and delete what the settings do not keep; the caller holds the road's lock.

    Args:
        folder: The place that backups lie in; that of the settings without it.

    Returns:
        The backup's folder.

    Raises:
        UserError: A part failed. Nothing is left of the backup, and those before it are whole.
    """
    there = (folder or place.usual()).absolute()
    retention.counts()
    there.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(there, NAME) as lock, _no_load():
        place.clear(there)
        moment = _moment(there)
        found = Manifest(made_at=moment.isoformat())
        steps = terminal.Steps(len(ENGINES) + 3)
        with place.being_made(there, place.name_of(moment)) as partial:
            for engine in ENGINES:
                with steps.step(NAMES[engine]), _part(found, engine, partial):
                    found.parts[engine] = relational.dump(engine, partial / engine, lock)
            with steps.step("ClickHouse"), _part(found, serving.PART, partial):
                _serving(found, partial)
            with steps.step("Settings and state"), _part(found, "state", partial):
                found.parts["state"] = {}
                state.save(partial / "state")
                found.content, found.ledger_head = _content(), _ledger_head()
            with steps.step("Checksums"):
                manifest.seal(partial, found)
        made = there / place.name_of(moment)
        terminal.say(f"{made}: {terminal.size(found.bytes)} in {len(found.files):,} files")
        erased.note(there)
        retention.prune(there)
    return made


@contextmanager
def _no_load() -> Iterator[None]:
    """Keep loads out that were started by hand, and so do not know the road's lock."""
    with queries.connected() as connection:
        keep_other_loads_out(connection)
        yield


def _moment(there: Path) -> datetime:
    """Now, in a second in which no other backup was made."""
    while (there / place.name_of(moment := datetime.now(UTC))).exists():
        time.sleep(0.1)
    return moment


@contextmanager
def _part(found: Manifest, name: str, partial: Path) -> Iterator[None]:
    """Note how long a part took, and how large it is."""
    began = time.monotonic()
    yield
    if name not in found.parts:
        return
    size = sum(path.stat().st_size for path in (partial / name).rglob("*") if path.is_file())
    found.parts[name] |= {"bytes": size, "seconds": round(time.monotonic() - began, 2)}
    terminal.say(f"   {terminal.size(size)}")


def _serving(found: Manifest, partial: Path) -> None:
    if not serving.is_embedded():
        terminal.say("   a server of your own: after a restore the next run builds it anew")
        return
    base = _base(partial.parent)
    found.parts[serving.PART] = serving.back_up(partial, base)
    if base and found.parts[serving.PART]["databases"]:
        found.base = base.name
        terminal.say(f"   what has changed since {base.name}")


def _base(there: Path) -> Path | None:
    """The last backup, if the next one can build on it."""
    if not (before := place.backups(there)):
        return None
    last = before[-1]
    try:
        needed = [last, *manifest.chain(last)]
        for each in needed:
            manifest.check(each, f"{serving.PART}/", quickly=True)
    except UserError as error:
        terminal.warn(f"this backup builds on none: {error}")
        return None
    part: dict[str, Any] = manifest.read(last).parts.get(serving.PART, {})
    return last if part.get("databases") and len(needed) < _LONGEST_CHAIN else None


def _content() -> str | None:
    """What the tables are made of, if the last run was complete and nothing was done since."""
    if not queries.has_table("raw._loads", "postgres"):
        return None
    return completion.content() if completion.last_finished() == completion.fingerprint() else None


def _ledger_head() -> str | None:
    if not queries.has_table("archive.archive_ledger", "greenplum"):
        return None
    _, rows = queries.run(_HEAD, "greenplum")
    return str(rows[0][0]) if rows else None
