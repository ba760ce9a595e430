"""The road from files to history, as the make targets walk it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from warehouse import environment, terminal
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.errors import UserError
from warehouse.ingest.command import ingest
from warehouse.ingest.sources import active_names
from warehouse.notify import told
from warehouse.reporting.reports import show
from warehouse.road import completion, partial
from warehouse.road.steps import DAILY, MONTHLY, WHOLE, walk
from warehouse.runs import loads
from warehouse.runs.record import Run
from warehouse.sample.command import sample
from warehouse.sample.folder import ASIDE, MANIFEST

_select = click.option("--select", metavar="SELECTION", help="Any of dbt's, over all engines.")
_exclude = click.option("--exclude", metavar="SELECTION", default="", help="But not these.")
_notify = click.option(
    "--notify", is_flag=True, help="Tell people what went wrong, by the channels of the settings."
)


@click.command()
@_select
@_exclude
@click.option("--full-refresh", is_flag=True, help="Build tables from nothing.")
@_notify
@lifecycle.with_engines
def build(select: str | None, exclude: str, full_refresh: bool, notify: bool) -> None:
    """Build and test what a day brings, or what is selected, on the engines that it takes."""
    options = ("--full-refresh",) if full_refresh else ()
    with exclusive(environment.home(), "road"), _told("build", notify) as this_run:
        if select or exclude:
            partial.build(select or "", exclude, *options, run=this_run)
        else:
            walk(DAILY, *options, run=this_run)


@click.command()
@_select
@_exclude
@lifecycle.with_engines
def test_data(select: str | None, exclude: str) -> None:
    """Run the tests of the data alone: all of them, or those that are selected."""
    with exclusive(environment.home(), "road"):
        partial.test(select or "", exclude, run=Run("test-data"))


@click.command()
@click.option(
    "--month",
    type=click.DateTime(["%Y-%m"]),
    metavar="YYYY-MM",
    help="Of the months that are over and not archived yet, archive this one alone.",
)
@click.option(
    "--withdraw",
    type=click.DateTime(["%Y-%m"]),
    metavar="YYYY-MM",
    help="Take it for right that an archived month is gone from PostgreSQL altogether.",
)
@_notify
@lifecycle.with_engines
def archive(month: datetime | None, withdraw: datetime | None, notify: bool) -> None:
    """Archive the months that are over to Greenplum, with snapshots and analytics."""
    if month and f"{month:%Y-%m}" >= f"{datetime.now(UTC):%Y-%m}":
        raise UserError(f"{month:%Y-%m} is not over (UTC): only months that are over are archived")
    hand_over = {}
    if month:
        hand_over["archive_month"] = f"{month:%Y-%m}"
    if withdraw:
        hand_over["withdraw_month"] = f"{withdraw:%Y-%m}"
    with exclusive(environment.home(), "road"), _told("archive", notify) as this_run:
        walk(MONTHLY, run=this_run, hand_over=hand_over)


@click.command()
@click.option("--force", is_flag=True, help="Build even if nothing is new.")
@_notify
@click.pass_context
def run(context: click.Context, force: bool, notify: bool) -> None:
    """Walk the whole road; sample files are made if there are no files."""
    steps = terminal.Steps(3 + len(WHOLE))
    with steps.step("Engines"):
        lifecycle.up()
    with exclusive(environment.home(), "road"), _told("run", notify) as this_run:
        with steps.step("Files"):
            if _lacks_files():
                context.invoke(sample)
        with steps.step("Load new files into PostgreSQL"), loads.recorded(this_run):
            context.invoke(ingest)
        state = completion.fingerprint()
        nothing_is_new = state == completion.last_finished() and not force
        if nothing_is_new:
            terminal.say("Nothing is new since the last run: no file, no model, no closed month.")
        else:
            walk(WHOLE, run=this_run, steps=steps)
            completion.finished(state)
    show("revenue_by_category")


@contextmanager
def _told(road: str, notify: bool) -> Iterator[Run]:
    """A run of which people are told, if that is asked for, however it ends."""
    run = Run(road)
    try:
        yield run
    finally:
        if notify:
            told.tell(run.id, road=road)


def _lacks_files() -> bool:
    """Tell whether the shop's files are to be made up: there are none, and none were promised."""
    if "shop" not in active_names() or os.environ.get("SHOP_FILES"):
        return False
    folder = environment.ROOT / "data" / "shop"
    # A run that was killed while it moved them in is to be finished.
    return (folder / ASIDE / MANIFEST).exists() or not any(folder.rglob("*.csv"))
