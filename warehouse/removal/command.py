"""`warehouse remove-source`: take a source system out for good."""

import os
import re
import sys

import click

from warehouse import environment, terminal
from warehouse.engines.lock import exclusive
from warehouse.errors import UserError
from warehouse.ingest.sources import active_names
from warehouse.removal import declaration, holdings
from warehouse.removal.holdings import Holdings
from warehouse.road.steps import DAILY, WHOLE, walk
from warehouse.runs.record import Run

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_source(name: str, yes: bool) -> None:
    """Take the source system NAME out for good: its rows, and what new-source wrote of it.

    Archived sales are withdrawn and stay in the history. Files are not touched. It can be run
    again after whatever stopped it.
    """
    if not _NAME.fullmatch(name):
        raise _unknown(name)
    is_shipped = name in declaration.SHIPPED
    with exclusive(environment.home(), "road"):
        is_declared = is_shipped or bool(declaration.files(name))
        # Before the first `make up` nothing was loaded.
        held = holdings.of(name) if "POSTGRES_HOST" in os.environ else Holdings()
        if not is_declared and not held.is_known and not held.built:
            raise _unknown(name)
        goes = [] if is_shipped else declaration.files(name)
        is_left_over = not is_shipped and bool(held.staging)
        if not held.raw and not held.built and not goes and not is_left_over:
            terminal.say(f"Nothing of {name} is left.")
            return
        _tell(name, held, list(map(str, goes)))
        _agree(yes)
        _remove(name, held)
    terminal.say(f"{name} is taken out.")
    if name in active_names() and not is_shipped:
        terminal.say(f"Take {name} out of WAREHOUSE_SOURCES in .env, too.")


def _unknown(name: str) -> UserError:
    known = ", ".join(declaration.declared_names())
    return UserError(f"there is no source system {name!r}: meltano.yml has {known}")


def _tell(name: str, held: Holdings, goes: list[str]) -> None:
    terminal.say(f"Of the source system {name} will go:")
    for line in held.lines:
        terminal.say(f"- {line}")
    if held.archived_months:
        terminal.say(
            f"- its sales of {held.archived_months} archived months are written as withdrawn; "
            "their earlier versions stay"
        )
    if goes:
        terminal.say(f"- what is written of it in {', '.join(goes)}")
    _tell_of_files(name, stays=not goes)


def _tell_of_files(name: str, *, stays: bool) -> None:
    """Say what becomes of the files; a declaration that came out wrong may tell of none."""
    try:
        folder, count = declaration.files_to_load(name)
    except (UserError, KeyError, TypeError, ValueError):
        return
    if count:
        terminal.say(f"Not touched: {count:,} files in {folder}.")
    if stays and name in active_names():
        terminal.warn(
            f"WAREHOUSE_SOURCES names {name}: the next load brings back what lies in {folder}; "
            "take the name out there, or the files away"
        )


def _agree(yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UserError("nothing was removed, as nobody can be asked here: say --yes (make: YES=1)")
    click.confirm("Take it out for good?", abort=True)


def _remove(name: str, held: Holdings) -> None:
    # What the engines hold tells, when this is run again, what is left to do: the declaration goes
    # first, as the star cannot be built with models that came out wrong.
    is_shipped = name in declaration.SHIPPED
    if not is_shipped:
        declaration.take_back(name)
        environment.load()
    if held.raw:
        holdings.remove_from_raw(name)
    if not held.built and (is_shipped or not held.staging):
        return
    run = Run("remove-source")
    if held.archived_months:
        walk(WHOLE, run=run, hand_over={"withdraw_source": name})
    else:
        walk(DAILY, run=run)
    if not is_shipped:
        holdings.drop_staging(name)
