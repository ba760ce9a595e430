"""The road from files to history, as the make targets walk it.

Each step runs a program that can as well be run by hand: `meltano run load`, `dbt build`.
"""

import json
import os
from datetime import UTC, datetime

import click

from warehouse import environment, landing, progress, terminal
from warehouse.dbt import dbt
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.errors import UserError
from warehouse.ingest.command import ingest
from warehouse.ingest.sources import active_names
from warehouse.reports import show
from warehouse.sample.command import sample
from warehouse.sample.folder import ASIDE, MANIFEST
from warehouse.terminal import Steps

# How many steps `build_day` and `build_whole` take.
DAY = WHOLE = 3


@click.command()
def build() -> None:
    """Build and test the star and the aggregates; products and customers land on Greenplum."""
    with exclusive(environment.home(), "road"):
        build_day(Steps(DAY))


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
def archive(month: datetime | None, withdraw: datetime | None) -> None:
    """Archive the months that are over to Greenplum, with snapshots and analytics."""
    if month and f"{month:%Y-%m}" >= f"{datetime.now(UTC):%Y-%m}":
        raise UserError(f"{month:%Y-%m} is not over (UTC): only months that are over are archived")
    variables = {}
    if month:
        variables["archive_month"] = f"{month:%Y-%m}"
    if withdraw:
        variables["withdraw_month"] = f"{withdraw:%Y-%m}"
    with exclusive(environment.home(), "road"):
        steps = Steps(2)
        with steps.step("ClickHouse: hand over to Greenplum"):
            landing.prepare(*landing.DIMENSIONS, *landing.SALES)
            options = ("--vars", json.dumps(variables)) if variables else ()
            dbt("build", "--selector", "landing", *options, target="clickhouse")
        _archive(steps)


@click.command()
@click.option("--force", is_flag=True, help="Build even if nothing is new.")
@click.pass_context
def run(context: click.Context, force: bool) -> None:
    """Walk the whole road; sample files are made if there are no files."""
    steps = Steps(3 + WHOLE)
    with steps.step("Engines"):
        lifecycle.up()
    with exclusive(environment.home(), "road"):
        with steps.step("Files"):
            if _lacks_files():
                context.invoke(sample)
        with steps.step("Load new files into PostgreSQL"):
            context.invoke(ingest)
        state = progress.fingerprint()
        if state == progress.last_finished() and not force:
            terminal.say("Nothing is new since the last run: no file, no model, no closed month.")
        else:
            build_whole(steps)
            progress.finished(state)
    show("revenue_by_category")


def build_day(steps: Steps) -> None:
    """Build and test what a day brings, in `DAY` steps; no sale goes into the archive."""
    _build_star(steps)
    with steps.step("ClickHouse: hot sales, summaries, dimensions to Greenplum"):
        landing.prepare(*landing.DIMENSIONS)
        dbt("build", "--selector", "daily", target="clickhouse")
    with steps.step("Greenplum: snapshots of the dimensions"):
        dbt("build", "--selector", "history", target="greenplum")


def build_whole(steps: Steps, **variables: str) -> None:
    """Build and test all three engines, in `WHOLE` steps.

    Args:
        steps: Where they are told.
        variables: dbt's, for what is handed over and archived.
    """
    options = ("--vars", json.dumps(variables)) if variables else ()
    _build_star(steps)
    with steps.step("ClickHouse: hot sales, summaries, hand over to Greenplum"):
        landing.prepare(*landing.DIMENSIONS, *landing.SALES)
        dbt("build", "--selector", "whole", *options, target="clickhouse")
    _archive(steps, *options)


def _lacks_files() -> bool:
    """Tell whether the shop's files are to be made up: there are none, and none were promised."""
    if "shop" not in active_names() or os.environ.get("SHOP_FILES"):
        return False
    folder = environment.ROOT / "data" / "shop"
    # A run that was killed while it moved them in is to be finished.
    return (folder / ASIDE / MANIFEST).exists() or not any(folder.rglob("*.csv"))


def _build_star(steps: Steps) -> None:
    with steps.step("PostgreSQL: staging, quarantine and star"):
        dbt("build", target="postgres")


def _archive(steps: Steps, *options: str) -> None:
    with steps.step("Greenplum: archive, snapshots and analytics"):
        dbt("build", *options, target="greenplum")
