"""`warehouse restore-drill`: back up, restore beside the running warehouse, compare."""

import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import click
import psycopg2
from psycopg2 import sql

from warehouse import environment, terminal
from warehouse.backup import elsewhere, making, manifest, servers
from warehouse.backup.contents import Contents, contents
from warehouse.backup.restoring import restore_into
from warehouse.backup.servers import ENGINES, Server
from warehouse.engines import lifecycle
from warehouse.engines.configuration import embedded, users_settings
from warehouse.engines.lock import exclusive
from warehouse.errors import UserError

_SHOWN = 20


@click.command("restore-drill")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that backups lie in; that of the settings without it.",
)
@lifecycle.with_engines
def restore_drill(folder: Path | None) -> None:
    """Back up, restore into a warehouse of its own, and prove that every table is the same."""
    with exclusive(environment.home(), "road"):
        began = time.monotonic()
        backup = making.make(folder)
        made = time.monotonic() - began
        with _timed("every table counted and hashed"):
            before = contents()
    home = environment.home()
    with _second_warehouse(home.with_name(f"{home.name}-drill")) as scratch:
        began = time.monotonic()
        restore_into(scratch, backup)
        lifecycle.up(quietly=True)
        restored = time.monotonic() - began
        after = contents()
    _compare(before, after)
    _tell(backup, made, restored)


@contextmanager
def _second_warehouse(scratch: Path) -> Iterator[Path]:
    """An empty warehouse beside this one, with nothing of it left in the end."""
    is_embedded = embedded(users_settings())
    # The embedded engines get ports of their own; ClickHouse is always one of them.
    without = [f"{engine}_PORT" for engine, its in is_embedded.items() if its]
    without += [name for name in users_settings() if name.startswith("CLICKHOUSE_")]
    with ExitStack() as databases:
        own = {
            f"{engine.upper()}_DATABASE": databases.enter_context(_database(servers.meet(engine)))
            for engine in ENGINES
            if not is_embedded[engine.upper()]
        }
        with elsewhere.warehouse_in(scratch, *without, **own):
            if scratch.exists():
                lifecycle.clean()
            try:
                yield scratch
            finally:
                lifecycle.clean()


@contextmanager
def _database(server: Server) -> Iterator[str]:
    """A new database on a server of the user's own, gone in the end."""
    name = f"warehouse_drill_{uuid.uuid4().hex[:8]}"
    try:
        with closing(psycopg2.connect(**server.settings.connection)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
                try:
                    yield name
                finally:
                    cursor.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(f"a drill needs a database of its own on {server.engine}: {reason}") from (
            error
        )


def _compare(before: Contents, after: Contents) -> None:
    # What only the one has counts as different, too.
    differing = sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )
    if differing:
        for name in differing[:_SHOWN]:
            terminal.say(f"{name}: was {before.get(name)}, restored {after.get(name)}")
        raise UserError(f"{len(differing)} tables are not as they were backed up: see above")
    terminal.say(f"{len(before):,} tables and views are equal, by their rows and a hash over them")


def _tell(backup: Path, made: float, restored: float) -> None:
    found = manifest.read(backup)
    rows = [
        (name, terminal.size(part["bytes"]), terminal.duration(part["seconds"]))
        for name, part in found.parts.items()
    ]
    terminal.table(("part", "size", "backed up in"), rows, numeric=(1, 2))
    terminal.say(
        f"{terminal.size(found.bytes)} backed up in {terminal.duration(made)}, "
        f"restored and proven in {terminal.duration(restored)}"
    )


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    terminal.say(f"{what} in {terminal.duration(time.monotonic() - began)}")
