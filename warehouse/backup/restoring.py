"""`warehouse restore`: a backup becomes a warehouse, or nothing does."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from warehouse import environment, queries, terminal
from warehouse.archive import verification
from warehouse.backup import elsewhere, erased, manifest, place, relational, servers, serving, state
from warehouse.backup.manifest import Manifest
from warehouse.backup.servers import ENGINES, NAMES, Server
from warehouse.dbt import dbt_quietly
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.erasure.command import erase
from warehouse.erasure.customer import Customer
from warehouse.errors import UserError
from warehouse.ingest.sources import declared
from warehouse.road import completion

_AGREEMENT = "hot_sales_match_fct_sales"


@click.command()
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(path_type=Path),
    help="A backup, or the folder they lie in, whose newest one is then taken.",
)
@click.option(
    "--to-home",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the warehouse that is made; that of the settings without it.",
)
def restore(source: Path, to_home: Path | None) -> None:
    """Make a warehouse of a backup; where it is to be, nothing may be."""
    home = to_home.absolute() if to_home else environment.home()
    restore_into(home, source)
    terminal.say(f"restored into {home}; its engines start with the next command")


def restore_into(home: Path, source: Path) -> None:
    """Make a warehouse of a backup, under another name until it is complete.

    Args:
        home: The folder of the warehouse that is made.
        source: A backup, or the folder they lie in.

    Raises:
        UserError: There is a warehouse already, the backup is not whole, or it does not fit. If
            all is in its place, but does not agree, it says that.
    """
    _require_empty(home)
    backup = place.find(source)
    found = manifest.read(backup)
    staging = home.with_name(f"{home.name}.restoring")
    with _alone(staging):
        steps = terminal.Steps(len(ENGINES) + 5)
        with steps.step(f"Checksums of {backup.name}"):
            manifest.check(backup)
            for base in manifest.chain(backup):
                manifest.check(base, f"{serving.PART}/")
        again = erased.listed(backup.parent)
        with elsewhere.warehouse_in(staging):
            with steps.step("Empty engines"):
                _clear(staging)
                lifecycle.up()
                met = _meet(found)
            try:
                doubts = _fill(found, backup, met, steps)
                _erase_again(again)
            finally:
                lifecycle.down()
        _move(staging, home)
    if doubts:
        raise UserError(f"restored into {home}, but what was backed up was not well: {doubts}")


@contextmanager
def _alone(staging: Path) -> Iterator[None]:
    """Hold a lock, which cannot lie in the folder that is moved."""
    with exclusive(staging.parent, staging.name, patience=0):
        try:
            yield
        finally:
            staging.with_name(f"{staging.name}.lock").unlink(missing_ok=True)


def _require_empty(home: Path) -> None:
    if home.is_mount():
        raise UserError(f"{home} is a mounted disk: name a folder on it with TO_HOME=…")
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise UserError(
            f"{home} is not empty: move it away first, or name another folder with TO_HOME=…"
        )


def _clear(staging: Path) -> None:
    """Clear away what a restore that was killed has left."""
    if staging.exists():
        lifecycle.down()
        shutil.rmtree(staging)


def _meet(found: Manifest) -> dict[str, Server]:
    """Ask the engines whether they are empty, and can take what the backup holds.

    Raises:
        UserError: One is not, or cannot.
    """
    met = {engine: servers.meet(engine) for engine in ENGINES}
    for engine, server in met.items():
        server.require_empty()
        relational.require_fit(found.parts[engine], server)
    serving.require_empty()
    if serving.is_embedded() and serving.PART in found.parts:
        serving.require_fit(found.parts[serving.PART])
    return met


def _fill(found: Manifest, backup: Path, met: dict[str, Server], steps: terminal.Steps) -> str:
    """Put the parts into their places; returns what does not agree."""
    for engine, server in met.items():
        with steps.step(NAMES[engine]):
            relational.restore(found.parts[engine], server, backup / engine)
    with steps.step("ClickHouse"):
        if serving.is_embedded() and serving.PART in found.parts:
            serving.restore(found.parts[serving.PART], backup)
        else:
            terminal.say("   the next run builds it anew")
    with steps.step("State"):
        state.restore(backup / "state")
    with steps.step("Proof"):
        doubts = _prove(found)
        if found.content and found.content == completion.content():
            completion.finished(completion.fingerprint())
        else:
            terminal.say("the next run builds: not all was built, or the project has changed since")
    return doubts


def _prove(found: Manifest) -> str:
    """Hold the archive to its ledger, and ClickHouse to PostgreSQL.

    What differs differed before: it stops nothing, or a warehouse that is lost were lost for good.
    """
    doubts = []
    if queries.has_table("archive.archive_ledger", "greenplum"):
        try:
            verification.prove(found.ledger_head)
        except UserError as error:
            doubts.append(str(error))
    if queries.has_table("serving.hot_sales", "clickhouse"):
        try:
            # It also shows ClickHouse where the two others are now.
            dbt_quietly("test", "--select", _AGREEMENT, target="clickhouse")
            terminal.say("ClickHouse agrees with PostgreSQL.")
        except UserError as error:
            doubts.append(str(error))
    return "; ".join(doubts)


def _erase_again(listed: list[dict[str, object]]) -> None:
    """Erase those who were erased after the backup was made."""
    if not (later := erased.unknown(listed)):
        return
    if named := erased.adopt(later):
        terminal.say(f"{len(named)} customers were erased after this backup: they are once more")
        known = [source.name for source in declared()]
        erase([Customer.read(system, customer_id, known) for system, customer_id in named])


def _move(staging: Path, home: Path) -> None:
    """Give the warehouse its name, in one step."""
    try:
        staging.rename(home)
    except OSError as error:
        raise UserError(
            f"{home} cannot be made: {error.strerror}; the warehouse is whole in {staging}"
        ) from error
